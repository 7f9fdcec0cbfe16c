import ArgumentParser
import Glibc

/// The program's entry: runs a command, and tells a failure in one line.
@main
enum Main {
    static func main() {
        do {
            var command = try InferdCommand.parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            end(failure.message, status: failure.status.rawValue)
        } catch {
            // Help and version come as errors, too.
            if InferdCommand.exitCode(for: error) == .success { InferdCommand.exit(withError: error) }
            let message = InferdCommand.message(for: error)
            end("\(message); see \(helpCommand)", status: ExitStatus.usage.rawValue)
        }
    }

    /// Where the command that was meant is explained.
    private static var helpCommand: String {
        let names = InferdCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        let meant = CommandLine.arguments.dropFirst().first { names.contains($0) }
        return meant.map { "inferd-cli \($0) --help" } ?? "inferd-cli --help"
    }

    private static func end(_ message: String, status: Int32) -> Never {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        try? Files.print("inferd-cli: \(line)\n", to: STDERR_FILENO)
        exit(status)
    }
}
