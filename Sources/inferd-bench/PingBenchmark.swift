import InferdBase

/// Ping round trips per second, the daemon's over those of the plain C echo under the same load. Each
/// repetition runs the one right after the other, and the ratio is taken of that pair: what else the
/// machine does then slows both.
struct PingBenchmark {
    let context: BenchContext

    private static let payloadBytes = 32
    private static let aim = 0.7

    func run() throws(BenchError) -> [Measurement] {
        let daemon = try context.servers.startDaemon(models: context.probeModels, label: "ping")
        var measurements: [Measurement] = []
        for transport in Transport.allCases {
            let echo = try context.servers.startEcho(on: transport, label: "echo-\(transport)")
            for connections in [1, 50] {
                Progress.tell("ping, \(transport), \(connections) connections")
                measurements.append(
                    try context.placement.apart([daemon.process, echo.process]) { () throws(BenchError) in
                        try measure(daemon.endpoint(transport), echo.endpoint, transport, connections: connections)
                    })
            }
            try echo.process.stop()
        }
        try daemon.process.stop()
        return measurements
    }

    private func measure(
        _ daemon: Endpoint, _ echo: Endpoint, _ transport: Transport, connections: Int
    ) throws(BenchError) -> Measurement {
        let frame = RequestFrames.ping(payloadBytes: Self.payloadBytes)
        let loads = [daemon, echo].map { LoadGenerator(endpoint: $0, connections: connections, frame: frame) }
        for load in loads { _ = try load.run(seconds: context.warmUpSeconds) }
        var ratios: [Double] = []
        var rates: [[Double]] = [[], []]
        for repetition in 0..<context.repetitions {
            var pair = [0.0, 0.0]
            // Who goes first changes, so that neither always runs on a warmer machine.
            for index in repetition % 2 == 0 ? [0, 1] : [1, 0] {
                let result = try loads[index].run(seconds: context.seconds)
                if index == 0 { try ReplyCheck.requireOK(result.reply, from: "a ping") }
                pair[index] = result.roundTripsPerSecond
                rates[index].append(result.roundTripsPerSecond)
            }
            ratios.append(pair[0] / pair[1])
        }
        let (ours, echoes) = (Statistics.median(rates[0]), Statistics.median(rates[1]))
        return Measurement(
            name: "ping_\(transport)_\(connections)", value: Statistics.median(ratios), unit: "of echo",
            baseline: echoes,
            aim: Self.aim, direction: .atLeast,
            conditions: "\(Self.payloadBytes) bytes of payload; \(Report.number(ours)) against the baseline's "
                + "\(Report.number(echoes)) round trips/s; \(context.placement.words)")
    }
}
