/// The daemon's peak memory with the demo bundle, and how long it takes to be ready.
struct FootprintBenchmark {
    let context: BenchContext

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("start and memory with the demo bundle")
        var peaks: [Double] = []
        var times: [Double] = []
        for _ in 0..<context.repetitions {
            let daemon = try context.servers.startDaemon(models: context.models, label: "footprint")
            times.append(daemon.secondsToReady)
            // Some load, so that what is allocated at the first request counts.
            let load = LoadGenerator(
                endpoint: daemon.unix, connections: 50, frame: RequestFrames.ping(payloadBytes: 32))
            try ReplyCheck.requireOK(try load.run(seconds: context.warmUpSeconds).reply, from: "a ping")
            peaks.append(Double(try daemon.process.peakResidentBytes()) / 1e6)
            try daemon.process.stop()
        }
        return [
            Measurement(
                name: "peak_rss", value: peaks.max() ?? 0, unit: "MB", baseline: nil, aim: 120, direction: .atMost,
                conditions: "demo bundle, highest VmHWM after 50 connections"),
            Measurement(
                name: "start_to_ready", value: Statistics.median(times), unit: "s", baseline: nil, aim: 0.5,
                direction: .atMost, conditions: "demo bundle, from exec to the ready line"),
        ]
    }
}
