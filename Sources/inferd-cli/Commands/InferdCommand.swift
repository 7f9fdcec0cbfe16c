import ArgumentParser

/// The program.
struct InferdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inferd-cli",
        abstract: "Asks an inferd daemon for forecasts.",
        discussion: """
            Exit status: 0 done, 1 refused by the daemon, 64 wrong usage, 65 wrong data in a file, 66 a file cannot \
            be read, 69 the daemon cannot be reached, 74 a file cannot be written, 76 the other side is no inferd.

            `inferd-cli --version` shows the program's own version.
            """,
        subcommands: [
            PredictCommand.self, InferCommand.self, ModelsCommand.self, StatsCommand.self, PingCommand.self,
            EventsCommand.self,
        ])

    @OptionGroup var global: GlobalOptions
}
