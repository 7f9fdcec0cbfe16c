/// The daemon's peak memory with the demo bundle, and how long it takes to be ready.
struct FootprintBenchmark {
    let context: BenchContext

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("start and memory with the demo bundle")
        let probe = try EngineProbe(model: try context.demo.encoded(), library: context.servers.onnxRuntime)
        let frames = [
            (RequestFrames.ping(payloadBytes: 32), "a ping"),
            (
                RequestFrames.infer(model: DemoModel.name, inputs: probe.tensors), "an infer of \(DemoModel.name)"
            ),
        ]
        var peaks: [Double] = []
        var times: [Double] = []
        for _ in 0..<context.repetitions {
            let daemon = try context.servers.startDaemon(models: context.demo.repository, label: "footprint")
            times.append(daemon.secondsToReady)
            // Load that runs the model, so that what is allocated at the first requests counts.
            for (frame, name) in frames {
                let load = LoadGenerator(endpoint: daemon.unix, connections: 50, frame: frame)
                try ReplyCheck.requireOK(try load.run(seconds: context.warmUpSeconds).reply, from: name)
            }
            peaks.append(Double(try daemon.process.peakResidentBytes()) / 1e6)
            try daemon.process.stop()
        }
        return [
            Measurement(
                name: "peak_rss", value: peaks.max() ?? 0, unit: "MB", baseline: nil, aim: 120, direction: .atMost,
                conditions: "demo bundle, highest VmHWM after ping and infer on 50 connections"),
            Measurement(
                name: "start_to_ready", value: Statistics.median(times), unit: "s", baseline: nil, aim: 0.5,
                direction: .atMost, conditions: "demo bundle, from exec to the ready line"),
        ]
    }
}
