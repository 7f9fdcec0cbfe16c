import InferdBase

/// What it gains to have the I/O thread of an idle daemon run a cheap request itself: the median latency of one step
/// of the demo model on one connection, over that of a daemon that hands every request to a worker.
struct InlineBenchmark {
    let context: BenchContext

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("inline runs against handing over, unix, 1 connection")
        let probe = try EngineProbe(model: try context.demo.encoded(), library: context.servers.onnxRuntime)
        let frame = RequestFrames.infer(model: DemoModel.name, inputs: probe.tensors)
        let daemons = [try start(budget: 200), try start(budget: 0)]
        let loads = daemons.map { LoadGenerator(endpoint: $0.unix, connections: 1, frame: frame) }
        for load in loads {
            try ReplyCheck.requireOK(try load.run(seconds: context.warmUpSeconds).reply, from: "an infer")
        }
        var ratios: [Double] = []
        var latencies: [[Double]] = [[], []]
        for _ in 0..<context.repetitions {
            for index in [0, 1] {
                latencies[index].append(try loads[index].run(seconds: context.seconds).medianLatency)
            }
            ratios.append(latencies[0][latencies[0].count - 1] / latencies[1][latencies[1].count - 1])
        }
        for daemon in daemons { try daemon.process.stop() }
        let medians = latencies.map(Statistics.median)
        return [
            Measurement(
                name: "inline_p50", value: Statistics.median(ratios), unit: "of handed over", baseline: medians[1],
                aim: 1,
                direction: .atMost,
                conditions:
                    "p50 of an infer of one step of the demo model, \(Report.number(medians[0])) us run by the I/O "
                    + "thread, \(Report.number(medians[1])) us by a worker; 1 connection, unix")
        ]
    }

    /// - Parameter budget: microseconds of `inline_budget_us`.
    private func start(budget: Int) throws(BenchError) -> Daemon {
        let label = "inline-\(budget)"
        let path = "\(context.servers.scratch.path)/\(label).yaml"
        try WholeFile.write(Array("inline_budget_us: \(budget)\n".utf8), to: path)
        return try context.servers.startDaemon(
            models: context.demo.repository, label: label, arguments: ["--config", path])
    }
}
