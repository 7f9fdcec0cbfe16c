import ArgumentParser
import Glibc
import InferdJournal

/// Where events lie.
struct SpoolOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder that the daemon keeps events in.",
            discussion: "Without it the environment's INFERD_EVENTS counts, then the daemon's own default.",
            valueName: "directory"))
    var dir: String?

    @Flag(help: "The events that no broker will ever take, instead of the others.")
    var deadLetters = false

    /// Opens it for reading; a daemon may be writing to it.
    func directory() throws(CommandFailure) -> SpoolDirectory {
        guard let folder = folder else {
            throw CommandFailure(.noInput, "no folder of events: give --dir DIR")
        }
        return try Self.directory(deadLetters ? folder.deadLetters : folder.path)
    }

    private var folder: EventFolder? {
        if let dir { return EventFolder(dir) }
        if let path = Environment.value("INFERD_EVENTS"), !path.isEmpty { return EventFolder(path) }
        return EventFolder.standard(Environment.value)
    }

    /// Opens a folder of events, or one of those in it.
    static func directory(_ path: String) throws(CommandFailure) -> SpoolDirectory {
        let spool = EventFolder(path).spool
        let isFolder = unsafe access(spool, F_OK) == 0
        do throws(SpoolError) {
            return try SpoolDirectory(path: isFolder ? spool : path)
        } catch .missing {
            throw CommandFailure(.noInput, "there is no directory \(path)")
        } catch {
            throw CommandFailure(.noInput, "\(path): \(error.message)")
        }
    }
}
