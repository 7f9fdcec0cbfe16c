import InferdBase
import InferdClient

/// Answers out of the cache per second, over what the plain C echo does under the same load with frames of
/// the same sizes.
struct CacheBenchmark {
    let context: BenchContext

    private static let connections = 50
    private static let horizon = 24

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("cache hits, unix, \(Self.connections) connections")
        let daemon = try context.servers.startDaemon(models: context.demo.repository, label: "cache")
        let frame = RequestFrames.predict(model: DemoModel.name, horizon: Self.horizon, usesCache: true)
        // The report's age is left out when it is 0, else takes three bytes at most.
        let hits = LoadGenerator(
            endpoint: daemon.unix, connections: Self.connections, frame: frame, sizeTolerance: 3)
        let first = try hits.run(seconds: context.warmUpSeconds)
        try ReplyCheck.requireOK(first.reply, from: "a predict")
        let server = try context.servers.startEcho(
            on: .unix, replyMessageBytes: first.reply.count - 5, label: "echo-cache")
        let echo = LoadGenerator(endpoint: server.endpoint, connections: Self.connections, frame: frame)
        let pairs = try context.placement.apart([daemon.process, server.process]) { () throws(BenchError) in
            try PairedRates.measure([hits, echo], in: context) { reply throws(BenchError) in
                try ReplyCheck.requireOK(reply, from: "a predict")
            }
        }
        let counters = try DaemonCounters.read(from: daemon)
        try server.process.stop()
        try daemon.process.stop()
        return [
            Measurement(
                name: "cache_hit_unix_50", value: Statistics.median(pairs.ratios), unit: "of echo",
                baseline: Statistics.median(pairs.rates[1]), aim: 0.6, direction: .atLeast,
                conditions: "\(pairs.words); \(counters.cache.misses) misses beside \(counters.cache.hits) hits; "
                    + "frames of \(frame.count) and \(first.reply.count) bytes; \(context.placement.words)")
        ]
    }
}
