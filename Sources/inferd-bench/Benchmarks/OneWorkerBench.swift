import InferdBase

/// A daemon with one worker that has a processor to itself, and the demo model in this process: what an
/// ideal scheduler can be compared with. The load and the daemon's I/O thread share the other processor.
struct OneWorkerBench {
    let context: BenchContext
    let daemon: Daemon
    let scale: EngineScale

    private static let maximumRows = 32
    /// Enough to fill the model's largest run.
    private static let connections = 48

    init(context: BenchContext, label: String, models: String) throws(BenchError) {
        self.context = context
        scale = try EngineScale(
            model: try context.demo.encoded(), library: context.servers.onnxRuntime, maximumRows: Self.maximumRows)
        daemon = try context.servers.startDaemon(models: models, label: label, arguments: ["--workers", "1"])
    }

    static let words = "one worker on a processor of its own"

    func placed<Value>(_ body: () throws(BenchError) -> Value) throws(BenchError) -> Value {
        try context.placement.workersAlone([daemon.process], body)
    }

    /// Requests answered in a second when as many as the model takes at once are always there.
    func capacity(_ frame: [UInt8]) throws(BenchError) -> Double {
        Progress.tell("capacity")
        let load = LoadGenerator(endpoint: daemon.unix, connections: Self.connections, frame: frame)
        try ReplyCheck.requireOK(try load.run(seconds: context.warmUpSeconds).reply, from: "a predict")
        var rates: [Double] = []
        for _ in 0..<context.repetitions {
            rates.append(try load.run(seconds: context.seconds).roundTripsPerSecond)
        }
        return Statistics.median(rates)
    }

    func stop() throws(BenchError) {
        try daemon.process.stop()
    }
}
