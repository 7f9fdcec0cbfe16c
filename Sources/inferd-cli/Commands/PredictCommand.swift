import ArgumentParser
import InferdClient
import InferdForecast

/// Forecasts a series out of a file.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Forecasts a series from a CSV file.",
        discussion: """
            The file's first line names its columns. Time stamps look like 2013-11-24T18:00:00Z; without Z or an \
            offset they are local times of --time-zone, or of the model's zone.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(help: ArgumentHelp("The model.", valueName: "name"))
    var model: String

    @Option(help: ArgumentHelp("Its version; the newest that is ready unless given.", valueName: "number"))
    var version: UInt64 = 0

    @Option(help: ArgumentHelp("The history, oldest row first; - is standard input.", valueName: "file"))
    var csv: String

    @Option(help: ArgumentHelp("Column of the time stamps; the first unless given.", valueName: "column"))
    var timeColumn: String?

    @Option(
        help: ArgumentHelp("Column of what is forecast; that of the target's name unless given.", valueName: "column"))
    var valueColumn: String?

    @Option(
        help: ArgumentHelp("A channel of the model and its column, where the names differ.", valueName: "name=column"))
    var channel: [String] = []

    @Option(
        help: ArgumentHelp(
            "Zone of stamps without offset and of the output, for example Europe/Berlin.", valueName: "zone"))
    var timeZone: String?

    @Option(
        help: ArgumentHelp(
            "Local times that do not exist or come twice: reject, earlier or later.", valueName: "choice"))
    var localTimes: Zone.Choice = .reject

    @Option(help: ArgumentHelp("Use the history up to this time only.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("Use the last rows of the history only.", valueName: "rows"))
    var last: Int?

    @Option(help: ArgumentHelp("Steps to forecast; the model's default unless given.", valueName: "steps"))
    var horizon: UInt32?

    @Option(help: ArgumentHelp("Name of the series in the daemon's events.", valueName: "id"))
    var seriesID: String = ""

    @Option(
        help: ArgumentHelp("Covariates known ahead: same columns, rows at the forecast's times.", valueName: "file"))
    var future: String?

    @Option(
        help: ArgumentHelp(
            "True values to compare with: same columns, rows at the forecast's times.", valueName: "file"))
    var actuals: String?

    @Option(help: ArgumentHelp("Quantiles wanted, for example 0.1,0.9.", valueName: "levels"))
    var quantiles: String?

    @Option(help: "table, json or csv.")
    var format: OutputFormat?

    @Flag(help: "Draw history, forecast and actuals.")
    var plot = false

    @Flag(help: "Show where the time went.")
    var receipt = false

    mutating func run() throws {
        let levels = try parsedQuantiles()
        let channels = try channel.map { text throws(CommandFailure) in
            try Assignment.parse(text, option: "--channel", form: "NAME=COLUMN")
        }
        if horizon == 0 { throw CommandFailure(.usage, "--horizon must be at least 1") }
        if let last, last < 1 { throw CommandFailure(.usage, "--last must be at least 1") }
        if [csv, future, actuals].filter({ $0 == "-" }).count > 1 {
            throw CommandFailure(.usage, "standard input can be only one of --csv, --future and --actuals")
        }
        let table = try self.table(csv)
        let session = try global.session(wantsReceipt: receipt)
        let described = try forecastDescription(session)
        let zone = try Zone.load(timeZone ?? described.timeZone)
        let file = try SeriesFile(table, timeColumn: timeColumn, zone: zone, choice: localTimes)
        let wishes = SeriesColumns.Wishes(valueColumn: valueColumn, channels: channels.map { ($0.0, $0.1) })
        let columns = try SeriesColumns(of: table, timeColumn: file.timeColumn, wishes: wishes, for: described)
        let modelZone = try Zone.load(described.timeZone)
        var request = try SeriesRequest(
            file, columns: columns, model: described, zone: modelZone,
            options: SeriesRequest.Options(
                until: try parsedUntil(zone), last: last, horizon: horizon ?? 0, seriesID: seriesID, quantiles: levels))
        try addFuture(to: &request, columns, zone)
        let known = try knownActuals(request, columns, zone)
        let answer = try ask(session, &request, known)
        let report = ForecastReport(
            answer: answer, seriesID: seriesID, target: described.target, unit: described.unit, zone: zone,
            history: request.history(channel: 0), actuals: known)
        try report.check()
        try show(report)
    }

    // MARK: Input

    private func parsedQuantiles() throws(CommandFailure) -> [Double] {
        var levels: [Double] = []
        guard let quantiles else { return levels }
        for part in quantiles.split(separator: ",", omittingEmptySubsequences: false) {
            guard let level = Double(part.trimmed), level > 0, level < 1 else {
                throw CommandFailure(.usage, "--quantiles: '\(part)' is no number between 0 and 1; write 0.1,0.9")
            }
            levels.append(level)
        }
        return levels
    }

    private func parsedUntil(_ zone: Zone) throws(CommandFailure) -> Int64? {
        guard let until else { return nil }
        do throws(TimeStampError) {
            return try zone.instant(parsing: until, choice: localTimes)
        } catch {
            throw CommandFailure(.usage, "--until: \(error.message)")
        }
    }

    private func table(_ path: String) throws(CommandFailure) -> CSVTable {
        try CSVParser.parse(try Files.read(path), name: Files.displayName(path))
    }

    /// What the model says of itself: which columns it reads, and its step and zone.
    private func forecastDescription(_ session: Session) throws(CommandFailure) -> ForecastDescription {
        let described = try session.describe(ModelSelector(model, version: version))
        if let forecast = described.forecast { return forecast }
        let name = "\(described.name) version \(described.version)"
        if !described.error.isEmpty {
            throw CommandFailure(.refused, "FAILED_PRECONDITION: \(name) could not be loaded: \(described.error)")
        }
        throw CommandFailure(
            .refused, "FAILED_PRECONDITION: \(name) does not forecast; `inferd-cli infer` runs it on tensors")
    }

    private func addFuture(
        to request: inout SeriesRequest, _ columns: SeriesColumns, _ zone: Zone
    ) throws(CommandFailure) {
        guard let future else {
            if let name = columns.knownChannels.first {
                throw CommandFailure(.usage, "the model reads the future of '\(name)'; give a file of it with --future")
            }
            return
        }
        let file = try SeriesFile(table(future), timeColumn: timeColumn, zone: zone, choice: localTimes)
        var feeds: [SeriesColumns.Feed] = []
        for feed in columns.covariates where columns.knownChannels.contains(feed.channel) {
            let name = request.file.table.header[feed.column]
            feeds.append(
                SeriesColumns.Feed(
                    channel: feed.channel,
                    column: try file.table.column(name, option: "--channel \(feed.channel)=COLUMN")))
        }
        try request.addFuture(file, feeds)
    }

    private func knownActuals(
        _ request: SeriesRequest, _ columns: SeriesColumns, _ zone: Zone
    ) throws(CommandFailure) -> [Int64: Double] {
        guard let actuals else { return [:] }
        let file = try SeriesFile(table(actuals), timeColumn: timeColumn, zone: zone, choice: localTimes)
        let name = request.file.table.header[columns.target.column]
        let known = try file.valuesByTime(column: file.table.column(name, option: "--value-column"))
        guard request.expectedTimes.contains(where: { known[$0] != nil }) else {
            let first = request.expectedTimes.first.map(zone.text) ?? "the forecast's first time"
            throw CommandFailure(
                .data, "\(file.table.name) has no value at any of the forecast's times, which begin at \(first)")
        }
        return known
    }

    // MARK: Asking

    private func ask(
        _ session: Session, _ request: inout SeriesRequest, _ known: [Int64: Double]
    ) throws(CommandFailure) -> Answer<Forecast> {
        request.setActuals(known, at: request.expectedTimes)
        let answer = try ask(session, request)
        let times = answer.value.timestamps
        if known.isEmpty || times == request.expectedTimes { return answer }
        // The daemon's grid is another than was thought: actuals go to its times.
        request.setActuals(known, at: times)
        return try ask(session, request)
    }

    private func ask(_ session: Session, _ request: SeriesRequest) throws(CommandFailure) -> Answer<Forecast> {
        do throws(ClientError) {
            return try session.client.predict(
                ModelSelector(model, version: version), request.query, options: session.options)
        } catch {
            var failure = session.failure(error, of: ModelSelector(model, version: version))
            if case .refused(let refusal) = error {
                if let place = request.place(ofField: refusal.field) { failure.message += " (\(place))" }
                // The whole of the stamps is at fault only when there are too many.
                if refusal.field == "predict.history.timestamps_us" {
                    failure.message += "; send the last rows only with --last"
                }
            }
            throw failure
        }
    }

    // MARK: Output

    /// Results go to standard output. What is for a person goes there too unless a program may be reading.
    private func show(_ report: ForecastReport) throws(CommandFailure) {
        let isForPrograms = format == .json || format == .csv
        var notes: [String] = []
        if plot { notes.append(report.plot().text(PlotStyle(.current(descriptor: isForPrograms ? 2 : 1)))) }
        if format == .table || format == nil && !plot { notes.append(report.table()) }
        if format != .json { notes += [report.metricsTable(), report.receiptTable()] }
        let text = notes.filter { !$0.isEmpty }.joined(separator: "\n")
        switch format {
        case .json: try Files.print(report.json().text() + "\n")
        case .csv: try Files.print(report.csv())
        case .table, nil: break
        }
        if isForPrograms {
            try Files.printNote(text)
        } else {
            try Files.print(text)
        }
    }
}

extension Timestamp.LocalTimePolicy: ExpressibleByArgument {}
