import InferdBase

/// What the daemon adds to a call of the engine: the median latency of an unloaded `infer` of a small
/// model over a Unix socket, less the echo's for frames of the same sizes, less the engine's own call.
struct InferBenchmark {
    let context: BenchContext

    /// In microseconds, one of each for every repetition.
    private struct Latencies {
        var infer: [Double] = []
        var echo: [Double] = []
        var engine: [Double] = []

        var added: [Double] {
            infer.indices.map { infer[$0] - echo[$0] - engine[$0] }
        }
    }

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("infer, unix, 1 connection")
        let tensor = RequestFrames.Tensor(
            name: ProbeModel.input, type: 1, shape: [1, Int64(ProbeModel.inputWidth)],
            data: ProbeModel.littleEndian(ProbeModel.row))
        let frame = RequestFrames.infer(model: ProbeModel.name, inputs: [tensor])
        let probe = try EngineProbe(model: ProbeModel.encoded(), library: context.servers.onnxRuntime)
        let daemon = try context.servers.startDaemon(models: context.probeModels, label: "infer")
        let infer = LoadGenerator(endpoint: daemon.unix, connections: 1, frame: frame)
        let first = try infer.run(seconds: context.warmUpSeconds)
        try ReplyCheck.requireOK(first.reply, from: "an infer")
        let server = try context.servers.startEcho(
            on: .unix, replyMessageBytes: first.reply.count - 5, label: "echo-infer")
        let echo = LoadGenerator(endpoint: server.endpoint, connections: 1, frame: frame)

        let latencies = try context.placement.apart([daemon.process, server.process]) { () throws(BenchError) in
            try measure(infer, echo, probe)
        }
        try server.process.stop()
        try daemon.process.stop()
        let parts = [latencies.infer, latencies.echo, latencies.engine].map(Statistics.median)
        let words = parts.map(Report.number)
        return [
            Measurement(
                name: "infer_added_p50", value: Statistics.median(latencies.added), unit: "us", baseline: parts[1],
                aim: 25, direction: .atMost,
                conditions: "p50 of infer \(words[0]) less echo \(words[1]) less engine \(words[2]); "
                    + "1 connection, unix, frames of \(frame.count) and \(first.reply.count) bytes; "
                    + context.placement.words)
        ]
    }

    private func measure(
        _ infer: LoadGenerator, _ echo: LoadGenerator, _ probe: EngineProbe
    ) throws(BenchError) -> Latencies {
        for load in [infer, echo] { _ = try load.run(seconds: context.warmUpSeconds) }
        _ = try probe.run(seconds: context.warmUpSeconds)
        var latencies = Latencies()
        for _ in 0..<context.repetitions {
            let result = try infer.run(seconds: context.seconds)
            try ReplyCheck.requireOK(result.reply, from: "an infer")
            latencies.infer.append(result.medianLatency)
            latencies.echo.append(try echo.run(seconds: context.seconds).medianLatency)
            latencies.engine.append(try probe.run(seconds: context.seconds / 2).medianMicroseconds)
        }
        return latencies
    }
}
