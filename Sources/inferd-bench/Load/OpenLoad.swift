import InferdBase

/// Sends requests at given times, whatever has become of the earlier ones, spread over connections in turn.
/// One thread, one poller.
///
/// A request's latency counts from the time it was to be sent: a load that falls behind does not make the
/// server look better than it is.
struct OpenLoad {
    let endpoint: Endpoint
    let connections: Int
    /// By kind.
    let frames: [[UInt8]]

    /// Sends all, then waits for the replies still due.
    ///
    /// - Throws: `BenchError` when a connection ends, or no reply comes for a long time.
    func run(_ arrivals: [Arrival]) throws(BenchError) -> OpenLoadResult {
        let run = try OpenLoadRun(self, arrivals)
        try run.finish()
        return run.result
    }
}
