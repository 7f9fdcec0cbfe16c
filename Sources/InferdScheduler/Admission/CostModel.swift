import InferdBase
import Synchronization

/// What one run of a model costs, by the number of rows: measured when the model is loaded, then followed
/// as it is run. Any thread writes and reads.
///
/// Sizes that were not measured lie on the line between their neighbours. Two threads that note a cost at
/// the same moment may lose one of the two, which an average does not miss.
package final class CostModel: Sendable {
    /// Weight of a new measurement.
    private static let weight = 0.1
    /// A measurement counts for at most this many times what was expected, so that one that was held up
    /// by something else does not raise the estimate for long.
    private static let greatestSurprise = 4.0

    package let maximumBatch: Int
    /// Microseconds by rows - 1, as bits of a Double; 0: not measured.
    private let measured: FixedArray<Atomic<UInt64>>

    package init(maximumBatch: Int) {
        precondition(maximumBatch >= 1)
        self.maximumBatch = maximumBatch
        measured = FixedArray(count: maximumBatch) { _ in Atomic(0) }
    }

    private func value(_ rows: Int) -> Double {
        Double(bitPattern: measured[rows - 1].load(ordering: .relaxed))
    }

    /// Sets what a run of `rows` is expected to cost.
    package func set(_ microseconds: Double, rows: Int) {
        guard microseconds.isFinite, microseconds > 0 else { return }
        measured[min(rows, maximumBatch) - 1].store(microseconds.bitPattern, ordering: .relaxed)
    }

    /// Follows what a run of `rows` has cost.
    package func note(_ microseconds: Double, rows: Int) {
        let rows = min(rows, maximumBatch)
        let expected = self.microseconds(rows: rows)
        let bounded = min(microseconds, expected * Self.greatestSurprise)
        set(expected + (bounded - expected) * Self.weight, rows: rows)
    }

    /// What a run of `rows` is expected to cost; 0 before anything was measured.
    package func microseconds(rows: Int) -> Double {
        let rows = min(max(rows, 1), maximumBatch)
        let exact = value(rows)
        if exact > 0 { return exact }
        var below = rows - 1
        while below >= 1, value(below) == 0 { below -= 1 }
        var above = rows + 1
        while above <= maximumBatch, value(above) == 0 { above += 1 }
        switch (below >= 1, above <= maximumBatch) {
        case (true, true):
            let fraction = Double(rows - below) / Double(above - below)
            return value(below) + (value(above) - value(below)) * fraction
        case (true, false):
            return value(below) * Double(rows) / Double(below)
        case (false, true):
            return value(above)
        case (false, false):
            return 0
        }
    }

    /// The greatest number of rows whose run is expected to cost no more than `limit`, at least 1.
    /// - Parameter limit: microseconds; 0: as many as the model takes.
    package func rows(within limit: Double) -> Int {
        if limit <= 0 { return maximumBatch }
        var low = 1
        var high = maximumBatch
        while low < high {
            let middle = (low + high + 1) / 2
            if microseconds(rows: middle) <= limit {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return low
    }

    /// Sizes that were measured and what they cost, for people.
    package var costs: [(rows: Int, microseconds: Double)] {
        (1...maximumBatch).compactMap { rows in
            let cost = value(rows)
            return cost > 0 ? (rows, cost) : nil
        }
    }
}
