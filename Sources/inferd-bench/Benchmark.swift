/// A group of measurements that share their servers.
enum Benchmark: String, CaseIterable {
    case ping, infer, cpu, footprint

    /// Whether it measures the demo bundle.
    var needsDemo: Bool { self == .cpu || self == .footprint }

    func run(in context: BenchContext) throws(BenchError) -> [Measurement] {
        switch self {
        case .ping: try PingBenchmark(context: context).run()
        case .infer: try InferBenchmark(context: context).run()
        case .cpu: try CPUBenchmark(context: context).run()
        case .footprint: try FootprintBenchmark(context: context).run()
        }
    }
}
