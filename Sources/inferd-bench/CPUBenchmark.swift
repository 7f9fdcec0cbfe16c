import InferdBase

/// The CPU time that the daemon spends around a call of the engine: its whole process's CPU time per
/// `infer` of the demo model's one step under load, less that of the same call in this process. CPU time
/// and not latency, because the load generator shares the processors.
struct CPUBenchmark {
    let context: BenchContext

    private static let connections = 50

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("infer of the demo model, unix, \(Self.connections) connections")
        let probe = try context.demo.probe(library: context.servers.onnxRuntime)
        let daemon = try context.servers.startDaemon(models: context.demo.repository, label: "cpu")
        let frame = RequestFrames.infer(model: DemoModel.name, inputs: probe.tensors)
        let load = LoadGenerator(endpoint: daemon.unix, connections: Self.connections, frame: frame)
        try ReplyCheck.requireOK(
            try load.run(seconds: context.warmUpSeconds).reply, from: "an infer of \(DemoModel.name)")
        _ = try probe.run(seconds: context.warmUpSeconds)

        var added: [Double] = []
        var engine: [Double] = []
        var ours: [Double] = []
        for _ in 0..<context.repetitions {
            let before = try daemon.process.cpuNanoseconds()
            let result = try load.run(seconds: context.seconds)
            let spent = try daemon.process.cpuNanoseconds() - before
            try ReplyCheck.requireOK(result.reply, from: "an infer of \(DemoModel.name)")
            ours.append(Double(spent) / Double(result.roundTrips) / 1000)
            engine.append(try probe.run(seconds: context.seconds / 2).cpuMicrosecondsPerCall)
            added.append(ours[ours.count - 1] - engine[engine.count - 1])
        }
        try daemon.process.stop()
        let (total, own) = (Statistics.median(ours), Statistics.median(engine))
        return [
            Measurement(
                name: "infer_added_cpu", value: Statistics.median(added), unit: "us", baseline: own, aim: 25,
                direction: .atMost,
                conditions: "CPU time per infer \(Report.number(total)) less the engine's \(Report.number(own)); "
                    + "one step of the demo model, one row, \(Self.connections) connections, unix")
        ]
    }
}
