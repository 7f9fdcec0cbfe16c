/// A group of measurements that share their servers.
enum Benchmark: String, CaseIterable {
    case ping, infer, inline, cache, cpu, open, overload, mix, burst, ring, spool, drain, events, footprint

    /// Whether it measures the demo bundle.
    var needsDemo: Bool { ![.ping, .infer, .spool, .drain].contains(self) }

    func run(in context: BenchContext) throws(BenchError) -> [Measurement] {
        switch self {
        case .ping: try PingBenchmark(context: context).run()
        case .infer: try InferBenchmark(context: context).run()
        case .inline: try InlineBenchmark(context: context).run()
        case .cache: try CacheBenchmark(context: context).run()
        case .cpu: try CPUBenchmark(context: context).run()
        case .open: try OpenLoadBenchmark(context: context).run()
        case .overload: try OverloadBenchmark(context: context).run()
        case .mix: try MixBenchmark(context: context).run()
        case .burst: try BurstBenchmark(context: context).run()
        case .ring: try RingBenchmark(context: context).run()
        case .spool: try SpoolBenchmark(context: context).run()
        case .drain: try DrainBenchmark(context: context).run()
        case .events: try EventsBenchmark(context: context).run()
        case .footprint: try FootprintBenchmark(context: context).run()
        }
    }
}
