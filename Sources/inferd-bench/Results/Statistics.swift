import Glibc

/// Summaries of repeated measurements.
enum Statistics {
    /// The middle value; the mean of the two middle ones when the count is even.
    static func median(_ values: [Double]) -> Double {
        precondition(!values.isEmpty)
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The mean of values above 0 on a logarithmic scale, and the interval that holds the true one with a
    /// probability of 95 % (Student's t, taken as 2.1: right for some 20 values, generous for more).
    static func geometricMean(_ values: [Double]) -> (mean: Double, low: Double, high: Double) {
        let logarithms = values.map { log($0) }
        let count = Double(values.count)
        let mean = logarithms.reduce(0, +) / count
        let squares = logarithms.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        let margin = count > 1 ? 2.1 * (squares / (count - 1) / count).squareRoot() : 0
        return (exp(mean), exp(mean - margin), exp(mean + margin))
    }

    /// The smallest value that at least `fraction` of the values do not exceed.
    static func percentile(_ fraction: Double, of sorted: [UInt32]) -> UInt32 {
        precondition(!sorted.isEmpty && fraction > 0 && fraction <= 1)
        let rank = Int((fraction * Double(sorted.count)).rounded(.up))
        return sorted[max(rank, 1) - 1]
    }
}
