import ArgumentParser
import Glibc
import InferdClient

/// The program's entry: runs a command, and tells a failure in one line.
@main
enum Main {
    static func main() {
        StandardDescriptors.reserve()
        do {
            // No option of the commands: some have one of that name, which means the model's version.
            if CommandLine.arguments.dropFirst() == ["--version"] {
                return try Files.print("\(ClientVersion.current)\n")
            }
            var command = try InferdCommand.parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            end(failure.message, status: failure.status.rawValue)
        } catch {
            // Help and version come as errors, too.
            if InferdCommand.exitCode(for: error) == .success { InferdCommand.exit(withError: error) }
            var message = InferdCommand.message(for: error)
            if message.hasSuffix(".") { message.removeLast() }
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
        try? Files.printNote("inferd-cli: \(line)\n")
        exit(status)
    }
}
