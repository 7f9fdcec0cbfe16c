import InferdBase
import InferdClient

/// Reads a daemon's counters, as its users do.
enum DaemonCounters {
    static func read(from daemon: Daemon) throws(BenchError) -> ServerStatistics {
        do {
            return try Client(blockingTo: ServerAddress(parsing: "\(daemon.unix)")).blocking.stats()
        } catch {
            throw BenchError("the daemon's counters: \(error)")
        }
    }

    /// Runs of the engine so far, of all models, and the rows in them.
    static func runs(of daemon: Daemon) throws(BenchError) -> (runs: UInt64, rows: UInt64) {
        let models = try read(from: daemon).models
        return (models.map(\.engineRuns).reduce(0, +), models.map(\.engineRows).reduce(0, +))
    }
}
