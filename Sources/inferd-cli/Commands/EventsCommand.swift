import ArgumentParser

/// What the daemon has recorded.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Shows the events that a daemon of this machine has recorded.",
        discussion: """
            Reads the daemon's files, also while it writes to them, and needs the right to read them only. What was \
            delivered to a broker is not there any more.
            """,
        subcommands: [EventsListCommand.self, EventsVerifyCommand.self], defaultSubcommand: EventsListCommand.self)
}
