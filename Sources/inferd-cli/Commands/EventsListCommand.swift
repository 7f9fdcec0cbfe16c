import ArgumentParser
import Glibc
import InferdBase
import InferdJournal

/// Shows events, the oldest first.
struct EventsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows events, the oldest first. What `inferd-cli events` does by itself.")

    @OptionGroup var location: SpoolOptions

    @Option(help: ArgumentHelp("Only events younger than this, for example 1h or 30min.", valueName: "duration"))
    var since: String?

    @Option(help: ArgumentHelp("Only events of this series.", valueName: "id"))
    var series: String?

    @Option(help: ArgumentHelp("Only events of this model.", valueName: "name"))
    var model: String?

    @Flag(help: "Go on with events as they come, until interrupted.")
    var follow = false

    @Option(help: "table, json (one object a line) or csv (one line for each point of a forecast).")
    var format: OutputFormat = .table

    /// How often it is looked for more.
    private static let pollMicroseconds: UInt32 = 200_000

    /// A daemon may write faster than its events are shown.
    private static func extent(of directory: SpoolDirectory) throws(CommandFailure) -> SpoolExtent {
        do throws(SpoolError) {
            return try SpoolExtent(of: directory)
        } catch {
            throw CommandFailure(.noInput, error.message)
        }
    }

    mutating func run() throws {
        var query = EventQuery()
        query.model = model.map { Array($0.utf8) }
        query.series = series.map { Array($0.utf8) }
        if let since {
            let age = try Durations.microseconds(parsing: since, maximumHours: 24 * 366)
            query.earliestMicroseconds = WallClock.now() - age
        }
        let formatter = format.eventFormatter
        let directory = try location.directory()
        var feed = EventFeed(of: directory, within: follow ? nil : try Self.extent(of: directory), query: query)
        try Files.print(formatter.heading)
        while true {
            while let text = try feed.next(as: formatter) { try Files.print(text) }
            guard follow else { break }
            usleep(Self.pollMicroseconds)
        }
        if let note = feed.note { try Files.printNote("inferd-cli: \(note)\n") }
    }
}

extension OutputFormat {
    /// Events in this format.
    fileprivate var eventFormatter: any EventFormatter {
        switch self {
        case .table: EventTable()
        case .json: EventLines()
        case .csv: EventPoints()
        }
    }
}
