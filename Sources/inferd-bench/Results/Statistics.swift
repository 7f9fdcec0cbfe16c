/// Summaries of repeated measurements.
enum Statistics {
    /// The middle value; the mean of the two middle ones when the count is even.
    static func median(_ values: [Double]) -> Double {
        precondition(!values.isEmpty)
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The smallest value that at least `fraction` of the values do not exceed.
    static func percentile(_ fraction: Double, of sorted: [UInt32]) -> UInt32 {
        precondition(!sorted.isEmpty && fraction > 0 && fraction <= 1)
        let rank = Int((fraction * Double(sorted.count)).rounded(.up))
        return sorted[max(rank, 1) - 1]
    }
}
