import InferdBase

/// Ping round trips per second, the daemon's over those of the plain C echo under the same load.
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
        let pairs = try PairedRates.measure(loads, in: context) { reply throws(BenchError) in
            try ReplyCheck.requireOK(reply, from: "a ping")
        }
        return Measurement(
            name: "ping_\(transport)_\(connections)", value: Statistics.median(pairs.ratios), unit: "of echo",
            baseline: Statistics.median(pairs.rates[1]), aim: Self.aim, direction: .atLeast,
            conditions: "\(Self.payloadBytes) bytes of payload; \(pairs.words); \(context.placement.words)")
    }
}
