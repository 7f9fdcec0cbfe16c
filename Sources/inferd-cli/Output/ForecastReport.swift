import InferdClient

/// A forecast with everything that is shown of it.
struct ForecastReport {
    var answer: Answer<Forecast>
    var seriesID: String
    /// Name of the channel that is forecast.
    var target: String
    /// Empty: not stated.
    var unit: String
    var zone: Zone
    var history: [PlotSeries.Point]
    /// True values by time; empty: none were given.
    var actuals: [Int64: Double]

    var forecast: Forecast { answer.value }

    /// The target with its unit, for example `temp (degF)`.
    var targetText: String { unit.isEmpty ? target : "\(target) (\(unit))" }

    /// The model with its version.
    var modelText: String { "\(forecast.model) version \(forecast.version)" }

    var metrics: [(name: String, metric: ForecastMetric, unit: String)] {
        guard let metrics = forecast.metrics else { return [] }
        let all: [(String, ForecastMetric?, String)] = [
            ("mae", metrics.mae, unit), ("rmse", metrics.rmse, unit), ("mape", metrics.mape, "%"),
            ("smape", metrics.smape, "%"), ("mase", metrics.mase, ""), ("coverage", metrics.coverage, "%"),
        ]
        return all.compactMap { entry in entry.1.map { (entry.0, $0, entry.2) } }
    }

    /// Throws when the reply cannot be shown: arrays of unlike lengths, or times no calendar here reaches.
    func check() throws(CommandFailure) {
        let count = forecast.timestamps.count
        guard forecast.values.count == count, forecast.quantiles.allSatisfy({ $0.values.count == count }) else {
            throw CommandFailure(.protocol, "the daemon's forecast has arrays of unlike lengths")
        }
        guard forecast.timestamps.allSatisfy(LocalClock.range.contains) else {
            throw CommandFailure(.protocol, "the daemon's forecast has times outside of the years 0 to 9999")
        }
    }
}
