import InferdClient

extension ForecastReport {
    /// A heading and one line for each point.
    func table() -> String {
        var columns: [(title: String, alignment: TextTable.Alignment)] = [("time", .left), ("forecast", .right)]
        columns += forecast.quantiles.map { ("q\($0.level)", .right) }
        if !actuals.isEmpty { columns += [("actual", .right), ("error", .right)] }
        var table = TextTable(columns)
        let decimals = shownDecimals
        for (index, time) in forecast.timestamps.enumerated() {
            let value = forecast.values[index]
            var cells = [zone.text(time), Numbers.fixed(value, decimals: decimals)]
            cells += forecast.quantiles.map { Numbers.fixed($0.values[index], decimals: decimals) }
            if !actuals.isEmpty {
                let actual = actuals[time]
                cells.append(actual.map { Numbers.fixed($0, decimals: decimals) } ?? "")
                cells.append(actual.map { Numbers.fixed(value - $0, decimals: decimals) } ?? "")
            }
            table.add(cells)
        }
        return "\(heading)\n\(table.text())"
    }

    /// What was forecast by what.
    var heading: String {
        var text = "\(targetText) by \(modelText)"
        if !seriesID.isEmpty { text += ", series \(seriesID)" }
        if forecast.filledPoints > 0 { text += ", \(forecast.filledPoints) missing points filled" }
        if let cache = answer.cache, cache.outcome == .hit { text += ", cached \(cache.ageMilliseconds) ms ago" }
        return text
    }

    /// Five digits that count for the largest value.
    private var shownDecimals: Int {
        let largest = forecast.values.map(\.magnitude).max() ?? 0
        return min(max(4 - Numbers.magnitude(largest), 0), 9)
    }

    /// The errors against the actuals; empty without.
    func metricsTable() -> String {
        if metrics.isEmpty { return "" }
        var table = TextTable([("metric", .left), ("value", .right), ("", .left), ("points", .right)])
        for (name, metric, unit) in metrics {
            let value = unit == "%" ? metric.value * 100 : metric.value
            table.add([name, Numbers.significant(value, digits: 4), unit, "\(metric.points)"])
        }
        return table.text()
    }

    /// Where the time went; empty when the reply does not say.
    func receiptTable() -> String {
        guard let receipt = answer.receipt else { return "" }
        return ReceiptTable.text(receipt)
    }

    /// One line for each point, comma-separated, times in UTC, values in full.
    func csv() -> String {
        var columns = ["time", "forecast"] + forecast.quantiles.map { "q\($0.level)" }
        if !actuals.isEmpty { columns.append("actual") }
        var text = columns.joined(separator: ",") + "\n"
        for (index, time) in forecast.timestamps.enumerated() {
            var cells = [Zone.utc.text(time), "\(forecast.values[index])"]
            cells += forecast.quantiles.map { "\($0.values[index])" }
            if !actuals.isEmpty { cells.append(actuals[time].map { "\($0)" } ?? "") }
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }

    /// History, forecast and actuals over time.
    func plot() -> Plot {
        var series = [PlotSeries(role: .history, name: "history", points: shownHistory)]
        if let lowest = forecast.quantiles.min(by: { $0.level < $1.level }),
            let highest = forecast.quantiles.max(by: { $0.level < $1.level }), lowest.level < highest.level
        {
            for quantile in [lowest, highest] {
                series.append(
                    PlotSeries(
                        role: .bounds, name: "q\(lowest.level) and q\(highest.level)", points: points(quantile.values)))
            }
        }
        series.append(PlotSeries(role: .forecast, name: "forecast", points: points(forecast.values)))
        let known = forecast.timestamps.compactMap { time in
            actuals[time].map { PlotSeries.Point(time: time, value: $0) }
        }
        series.append(PlotSeries(role: .actual, name: "actual", points: known))
        return Plot(title: heading, series: series, now: history.last?.time, zone: zone)
    }

    private func points(_ values: [Double]) -> [PlotSeries.Point] {
        zip(forecast.timestamps, values).filter { $0.1.isFinite }.map { PlotSeries.Point(time: $0, value: $1) }
    }

    /// The end of the history, as long as helps to judge the forecast.
    private var shownHistory: [PlotSeries.Point] {
        history.suffix(max(4 * forecast.timestamps.count, 24))
    }
}
