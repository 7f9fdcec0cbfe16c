import InferdBase

/// What the daemon adds to a call of the engine: the median latency of an unloaded `infer` of a small
/// model over a Unix socket, less the echo's for frames of the same sizes, less the engine's own call.
struct InferBenchmark {
    let context: BenchContext

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("infer, unix, 1 connection")
        let tensor = RequestFrames.Tensor(
            name: ProbeModel.input, type: 1, shape: [1, Int64(ProbeModel.inputWidth)],
            data: ProbeModel.littleEndian(ProbeModel.row))
        let frame = RequestFrames.infer(model: ProbeModel.name, inputs: [tensor])
        let probe = try EngineProbe(model: ProbeModel.encoded(), library: context.servers.binaries)
        let daemon = try context.servers.startDaemon(models: context.probeModels, label: "infer")
        let infer = LoadGenerator(endpoint: daemon.unix, connections: 1, frame: frame)
        let first = try infer.run(seconds: context.warmUpSeconds)
        try ReplyCheck.requireOK(first.reply, from: "an infer")
        let server = try context.servers.startEcho(
            on: .unix, replyMessageBytes: first.reply.count - 5, label: "echo-infer")
        let echo = LoadGenerator(endpoint: server.endpoint, connections: 1, frame: frame)
        _ = try echo.run(seconds: context.warmUpSeconds)
        _ = try probe.run(seconds: context.warmUpSeconds)

        var added: [Double] = []
        var parts: [[Double]] = [[], [], []]
        for _ in 0..<context.repetitions {
            let ours = try infer.run(seconds: context.seconds)
            try ReplyCheck.requireOK(ours.reply, from: "an infer")
            let theirs = try echo.run(seconds: context.seconds)
            let engine = try probe.run(seconds: context.seconds / 2)
            added.append(ours.medianLatency - theirs.medianLatency - engine.medianMicroseconds)
            parts[0].append(ours.medianLatency)
            parts[1].append(theirs.medianLatency)
            parts[2].append(engine.medianMicroseconds)
        }
        try server.process.stop()
        try daemon.process.stop()
        let medians = parts.map { Report.number(Statistics.median($0)) }
        return [
            Measurement(
                name: "infer_added_p50", value: Statistics.median(added), unit: "us",
                baseline: Statistics.median(parts[1]), aim: 80, direction: .atMost,
                conditions: "p50 of infer \(medians[0]) less echo \(medians[1]) less engine \(medians[2]); "
                    + "1 connection, unix, frames of \(frame.count) and \(first.reply.count) bytes")
        ]
    }
}
