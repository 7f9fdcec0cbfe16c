extension IdealScheduler.Job {
    init(_ arrival: Arrival, steps: Int) {
        self.init(arrival: Double(arrival.time) / 1000, steps: steps)
    }
}

extension IdealScheduler {
    /// Latencies of the jobs that were not refused, in nanoseconds, rising.
    func sortedNanoseconds(of jobs: [Job]) -> [UInt32] {
        latencies(of: jobs).compactMap { $0.map { UInt32(clamping: Int($0 * 1000)) } }.sorted()
    }
}
