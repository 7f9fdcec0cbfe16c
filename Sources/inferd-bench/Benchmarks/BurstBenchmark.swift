import InferdBase
import InferdClient

/// Ten thousand requests for the same forecast at once: how often it is computed.
struct BurstBenchmark {
    let context: BenchContext

    private static let requests = 10_000
    private static let connections = 200
    private static let horizon = 24

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("a burst of \(Self.requests) identical requests")
        let daemon = try context.servers.startDaemon(models: context.demo.repository, label: "burst")
        let frame = RequestFrames.predict(model: DemoModel.name, horizon: Self.horizon, usesCache: true)
        let load = OpenLoad(endpoint: daemon.unix, connections: Self.connections, frames: [frame])
        // The model has been checked at load.
        let before = try DaemonCounters.runs(of: daemon).rows
        let result = try load.run([Arrival](repeating: Arrival(time: 0, kind: 0), count: Self.requests))
        guard result.count(.ok) == Self.requests else { throw BenchError("a burst gave \(result.statuses)") }
        let counters = try DaemonCounters.read(from: daemon)
        let rows = try DaemonCounters.runs(of: daemon).rows - before
        try daemon.process.stop()
        return [
            Measurement(
                name: "burst_computations", value: Double(rows) / Double(Self.horizon), unit: "forecasts",
                baseline: nil, aim: 1, direction: .atMost,
                conditions: "\(Self.requests) requests for one forecast of \(Self.horizon) steps at once on "
                    + "\(Self.connections) connections; \(counters.cache.coalesced) coalesced, \(counters.cache.hits) "
                    + "hits; all answered within \(Report.number(result.seconds)) s")
        ]
    }
}
