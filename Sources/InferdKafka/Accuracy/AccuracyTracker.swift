internal import InferdBase

/// Scores forecasts when what they forecast has come: remembers them by series, and compares them with what later
/// requests for the series hold of its past.
///
/// It is told everything and does no I/O. Requests may come late, again, or in any order. Each point of a forecast is
/// scored at most once, against the first observation of its time that comes after it was remembered; a forecast that
/// is made again by the same version of a model from a window that ends at the same time is the same, as long as it
/// is among the last of its series. Its memory is bounded: series, points and models that find no room are not scored.
package struct AccuracyTracker {
    private let configuration: AccuracyConfiguration
    private var series: FollowedSeriesTable
    private var models: ScoredModels

    package init(_ configuration: AccuracyConfiguration = AccuracyConfiguration()) {
        if let reason = configuration.contradiction { preconditionFailure(reason) }
        self.configuration = configuration
        series = FollowedSeriesTable(capacity: configuration.maximumSeries)
        models = ScoredModels(capacity: Limits.scoredModels, bucketCount: configuration.bucketEnds.count)
    }

    /// Takes a request that was answered: scores earlier forecasts of the series against what it holds, then
    /// remembers its own.
    /// - Returns: what was scored, by model and bucket in order.
    package mutating func take(_ window: inout ObservedWindow, _ forecast: TrackedForecast) -> [AccuracyScore] {
        window.sort()
        let number = models.number(of: forecast.model)
        // A local, because the series are taken exclusively while it is written.
        var parts = ScoreParts(bucketEnds: configuration.bucketEnds)
        series.use(window.series) { [configuration] series in
            series.settle(window) { parts.add($0, actual: $1) }
            series.remember(
                forecast, model: number, steps: configuration.lastStep,
                limit: configuration.maximumPointsPerSeries,
                newest: window.observations.last?.timeMicroseconds ?? .min)
        }
        return finish(parts)
    }

    private mutating func finish(_ parts: ScoreParts) -> [AccuracyScore] {
        var scores: [AccuracyScore] = []
        for part in parts.parts where part.sums.points > 0 {
            guard let model = models.model(of: part.model) else { continue }
            models.add(part.sums, to: part.model, bucket: part.bucket)
            scores.append(
                AccuracyScore(
                    model: model, horizon: configuration.horizon(ofBucket: part.bucket), sums: part.sums))
        }
        return scores.sorted { ($0.model, $0.horizon.lowerBound) < ($1.model, $1.horizon.lowerBound) }
    }

    /// All that was scored, by model and bucket in order.
    package var scores: [AccuracyScore] { models.scores(configuration) }

    package var seriesCount: Int { series.count }

    /// Forecast points that wait for what comes.
    package var pointCount: Int {
        var count = 0
        series.forEach { count += $0.points.count }
        return count
    }

    /// Bytes that the lists of all series take.
    package var listBytes: Int {
        var bytes = 0
        series.forEach { bytes += $0.listBytes }
        return bytes
    }

    /// Traps when the parts contradict each other.
    package func checkInvariants() {
        series.checkInvariants()
        models.checkInvariants()
        series.forEach { series in
            precondition(series.points.count <= configuration.maximumPointsPerSeries)
            precondition(series.refusals < FollowedSeries.patience)
        }
    }
}
