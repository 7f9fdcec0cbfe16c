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
    /// Weight with which a size that is not run is brought back to what those that are run say of it. Small,
    /// so that a size that is in truth too dear is tried but now and then.
    private static let reconsideration = 0.005

    package let maximumBatch: Int
    /// Microseconds by rows - 1, as bits of a Double; 0: not measured.
    private let measured: FixedArray<Atomic<UInt64>>
    /// The same as it was set, not followed since: how the sizes compare.
    private let reference: FixedArray<Atomic<UInt64>>

    package init(maximumBatch: Int) {
        precondition(maximumBatch >= 1)
        self.maximumBatch = maximumBatch
        measured = FixedArray(count: maximumBatch) { _ in Atomic(0) }
        reference = FixedArray(count: maximumBatch) { _ in Atomic(0) }
    }

    private func value(_ rows: Int) -> Double {
        Self.value(rows, measured)
    }

    private static func value(_ rows: Int, _ costs: borrowing FixedArray<Atomic<UInt64>>) -> Double {
        Double(bitPattern: costs[rows - 1].load(ordering: .relaxed))
    }

    /// Sets what a run of `rows` is expected to cost.
    package func set(_ microseconds: Double, rows: Int) {
        guard microseconds.isFinite, microseconds > 0 else { return }
        let place = min(rows, maximumBatch) - 1
        reference[place].store(microseconds.bitPattern, ordering: .relaxed)
        measured[place].store(microseconds.bitPattern, ordering: .relaxed)
    }

    /// Follows what a run of `rows` has cost.
    package func note(_ microseconds: Double, rows: Int) {
        guard microseconds.isFinite, microseconds >= 0 else { return }
        let rows = min(rows, maximumBatch)
        let expected = self.microseconds(rows: rows)
        var cost = microseconds
        if expected > 0 {
            let bounded = min(microseconds, expected * Self.greatestSurprise)
            cost = expected + (bounded - expected) * Self.weight
        }
        measured[rows - 1].store(cost.bitPattern, ordering: .relaxed)
        reconsider(above: rows, cost)
    }

    /// A size that seemed dear while something else held runs up is perhaps not run any more for that very
    /// reason, and would never be measured again. So the next size above one that is run comes back to where
    /// it stood beside it when both were set.
    private func reconsider(above rows: Int, _ cost: Double) {
        var above = rows + 1
        while above <= maximumBatch, value(above) == 0 { above += 1 }
        let before = Self.microseconds(rows: rows, reference)
        if above > maximumBatch || before == 0 { return }
        let bound = cost * max(1, Self.microseconds(rows: above, reference) / before)
        let seeming = value(above)
        if seeming > bound {
            let nearer = seeming + (bound - seeming) * Self.reconsideration
            measured[above - 1].store(nearer.bitPattern, ordering: .relaxed)
        }
    }

    /// What a run of `rows` is expected to cost; 0 before anything was measured.
    package func microseconds(rows: Int) -> Double {
        Self.microseconds(rows: min(max(rows, 1), maximumBatch), measured)
    }

    private static func microseconds(rows: Int, _ costs: borrowing FixedArray<Atomic<UInt64>>) -> Double {
        let exact = value(rows, costs)
        if exact > 0 { return exact }
        var below = rows - 1
        while below >= 1, value(below, costs) == 0 { below -= 1 }
        var above = rows + 1
        while above <= costs.count, value(above, costs) == 0 { above += 1 }
        switch (below >= 1, above <= costs.count) {
        case (true, true):
            let fraction = Double(rows - below) / Double(above - below)
            return value(below, costs) + (value(above, costs) - value(below, costs)) * fraction
        case (true, false):
            return value(below, costs) * Double(rows) / Double(below)
        case (false, true):
            return value(above, costs)
        case (false, false):
            return 0
        }
    }

    /// The greatest number of rows whose run is expected to cost no more than `limit`, at least 1.
    /// - Parameter limit: microseconds; 0: as many as the model takes.
    package func rows(within limit: Double) -> Int {
        if limit <= 0 { return maximumBatch }
        // From the greatest down, because a size between may seem dearer than those about it.
        var above = 0
        for size in stride(from: maximumBatch, through: 1, by: -1) {
            let cost = value(size)
            if cost == 0 { continue }
            if cost > limit {
                above = size
                continue
            }
            if above == 0 {
                return Int(min(limit / cost * Double(size), Double(maximumBatch)))
            }
            let fraction = (limit - cost) / (value(above) - cost)
            return size + Int(fraction * Double(above - size))
        }
        return 1
    }

    /// Sizes that were measured and what they cost, for people.
    package var costs: [(rows: Int, microseconds: Double)] {
        (1...maximumBatch).compactMap { rows in
            let cost = value(rows)
            return cost > 0 ? (rows, cost) : nil
        }
    }
}
