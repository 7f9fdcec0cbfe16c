/// The two percentiles that latencies are compared by, in microseconds.
struct Percentiles {
    let median: Double
    let p99: Double

    /// - Parameter sorted: nanoseconds, rising; at least one.
    init(_ sorted: [UInt32]) {
        median = Double(Statistics.percentile(0.5, of: sorted)) / 1000
        p99 = Double(Statistics.percentile(0.99, of: sorted)) / 1000
    }
}
