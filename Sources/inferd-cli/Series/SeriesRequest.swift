import InferdClient

/// A forecast's query made from files, and what is needed to show its answer.
struct SeriesRequest {
    /// What the command line says of the series.
    struct Options {
        var until: Int64?
        /// Rows to send, counted from the end; nil: all.
        var last: Int?
        var horizon: UInt32 = 0
        var seriesID = ""
        var quantiles: [Double] = []
    }

    private(set) var query: ForecastQuery
    let file: SeriesFile
    /// The rows that are sent.
    let rows: Range<Int>
    /// The stamps the forecast should have.
    let expectedTimes: [Int64]

    init(
        _ file: SeriesFile, columns: SeriesColumns, model: ForecastDescription, zone: Zone, options: Options
    ) throws(CommandFailure) {
        self.file = file
        rows = try Self.rows(of: file, options)
        let times = Array(file.times[rows])
        query = ForecastQuery(
            seriesID: options.seriesID, time: .timestamps(times), channels: [], horizon: options.horizon,
            quantiles: options.quantiles)
        for feed in [columns.target] + columns.covariates {
            var values: [Double] = []
            for row in file.table.rows[rows] { values.append(try file.table.number(row, feed.column)) }
            query.channels.append(Channel(name: feed.channel, values: values))
        }
        let horizon = options.horizon == 0 ? model.defaultHorizon : options.horizon
        guard let step = try? ModelStep.parse(model.step), let first = times.first, let last = times.last else {
            throw CommandFailure(.protocol, "the daemon describes the model with an unknown step '\(model.step)'")
        }
        expectedTimes = ForecastTimes.stamps(
            first: first, last: max(last, first), step: step, zone: zone, count: Int(min(horizon, 1 << 16)))
    }

    private static func rows(of file: SeriesFile, _ options: Options) throws(CommandFailure) -> Range<Int> {
        var end = file.times.count
        if let until = options.until {
            end = (file.times.lastIndex { $0 <= until }).map { $0 + 1 } ?? 0
        }
        let start = options.last.map { max(end - $0, 0) } ?? 0
        guard start < end else {
            let reason = options.until == nil ? "no rows below its header" : "no row up to the time of --until"
            throw CommandFailure(.data, "\(file.table.name) has \(reason)")
        }
        return start..<end
    }

    /// The history of one channel.
    func history(channel: Int) -> [PlotSeries.Point] {
        zip(file.times[rows], query.channels[channel].values).map { PlotSeries.Point(time: $0, value: $1) }
    }

    // MARK: Values beside the forecast

    /// Adds covariates that are known ahead, from rows at the forecast's times.
    mutating func addFuture(_ future: SeriesFile, _ feeds: [SeriesColumns.Feed]) throws(CommandFailure) {
        for feed in feeds {
            let known = try future.valuesByTime(column: feed.column)
            var values: [Double] = []
            for time in expectedTimes {
                guard let value = known[time] else {
                    throw CommandFailure(
                        .data,
                        "\(future.table.name) has no value in column '\(future.table.header[feed.column])' at "
                            + "\(Zone.utc.text(time)), which the forecast reaches")
                }
                values.append(value)
            }
            query.future.append(Channel(name: feed.channel, values: values))
        }
    }

    /// Adds what is known of the target at `times`, NaN where nothing is.
    mutating func setActuals(_ known: [Int64: Double], at times: [Int64]) {
        var actuals = times.map { known[$0] ?? .nan }
        while actuals.last?.isNaN == true { actuals.removeLast() }
        query.actuals = actuals
    }

    // MARK: Refusals

    /// Where in the file the part of the request is that a refusal names; nil: nowhere.
    func place(ofField field: String) -> String? {
        guard field.hasPrefix("predict.history."), field.hasSuffix("]"), let open = field.lastIndex(of: "["),
            let index = Int(field[field.index(after: open)...].dropLast()), index >= 0, index < rows.count
        else { return nil }
        let name = field[..<open]
        guard name.hasSuffix(".timestamps_us") || name.hasSuffix(".values") else { return nil }
        return "\(file.table.name), line \(file.table.rows[rows.lowerBound + index].line)"
    }
}
