import ArgumentParser
import InferdJournal

/// Checks that everything that was recorded can be read.
struct EventsVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks the files of a directory of events.",
        discussion: "Exit status 65 says that something is damaged or missing. Nothing is changed.")

    @Argument(help: ArgumentHelp("The directory of events, or of dead letters.", valueName: "directory"))
    var directory: String

    @Option(help: "table or json.")
    var format: PlainFormat = .table

    mutating func run() throws {
        let report = try report()
        switch format {
        case .table: try Files.print(SpoolReportText.table(report))
        case .json: try Files.print(SpoolReportText.json(report).text() + "\n")
        }
        guard report.isIntact else {
            throw CommandFailure(.data, "\(directory) is not intact")
        }
    }

    private func report() throws(CommandFailure) -> SpoolReport {
        let spool = try SpoolOptions.directory(directory)
        do throws(SpoolError) {
            return try SpoolReader.verify(spool)
        } catch {
            throw CommandFailure(.noInput, "\(directory): \(error.message)")
        }
    }
}
