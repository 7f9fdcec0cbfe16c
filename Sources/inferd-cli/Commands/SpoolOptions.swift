import ArgumentParser
import InferdJournal

/// Where events lie.
struct SpoolOptions: ParsableArguments {
    static let defaultPath = "/var/lib/inferd/spool"

    @Option(
        help: ArgumentHelp(
            "The directory that the daemon keeps events in, or that of its dead letters.",
            discussion: "Without it the environment's INFERD_SPOOL counts, then \(defaultPath).",
            valueName: "directory"))
    var spool: String?

    /// Opens it for reading; a daemon may be writing to it.
    func directory() throws(CommandFailure) -> SpoolDirectory {
        var path = spool ?? ""
        if spool == nil {
            path = Environment.value("INFERD_SPOOL") ?? ""
            if path.isEmpty { path = Self.defaultPath }
        }
        return try Self.directory(path)
    }

    static func directory(_ path: String) throws(CommandFailure) -> SpoolDirectory {
        do throws(SpoolError) {
            return try SpoolDirectory(path: path)
        } catch .missing {
            throw CommandFailure(.noInput, "there is no directory \(path)")
        } catch {
            throw CommandFailure(.noInput, "\(path): \(error.message)")
        }
    }
}
