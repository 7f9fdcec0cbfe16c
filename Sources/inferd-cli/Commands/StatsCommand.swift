import ArgumentParser
import InferdClient

/// Shows what the daemon has counted.
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Shows the daemon's counters since it started.")

    @OptionGroup var global: GlobalOptions

    @Option(help: "table or json.")
    var format: PlainFormat = .table

    mutating func run() throws {
        let session = try global.session()
        let statistics = try session.ask { () throws(ClientError) in
            try session.client.stats(options: session.options)
        }
        switch format {
        case .table: try Files.print(StatisticsReport.table(statistics))
        case .json: try Files.print(StatisticsReport.json(statistics).text() + "\n")
        }
    }
}
