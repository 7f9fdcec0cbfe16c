import InferdBase
import Synchronization

/// Which models have requests waiting: a bit for each, so that a worker finds work without looking at
/// every queue.
///
/// Who adds a request sets the model's bit afterwards; who finds a queue empty clears the bit and looks at
/// the queue once more. The accesses are sequentially consistent, so that a request is never left in a
/// queue whose bit is clear.
package final class WorkMap: Sendable {
    private let words: FixedArray<Atomic<UInt64>>
    package let capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
        words = FixedArray(count: (capacity + 63) / 64) { _ in Atomic(0) }
    }

    package func set(_ model: Int) {
        let bit: UInt64 = 1 << UInt64(model % 64)
        // The bit is often set already; reading shares the line, writing does not.
        if words[model / 64].load(ordering: .sequentiallyConsistent) & bit == 0 {
            words[model / 64].bitwiseOr(bit, ordering: .sequentiallyConsistent)
        }
    }

    package func clear(_ model: Int) {
        words[model / 64].bitwiseAnd(~(1 << UInt64(model % 64)), ordering: .sequentiallyConsistent)
    }

    package var isEmpty: Bool {
        for word in 0..<words.count where words[word].load(ordering: .sequentiallyConsistent) != 0 {
            return false
        }
        return true
    }

    /// The first model at or after `start`, going round, whose bit is set.
    package func next(from start: Int) -> Int? {
        let first = start / 64
        for step in 0...words.count {
            let word = (first + step) % words.count
            var bits = words[word].load(ordering: .sequentiallyConsistent)
            if step == 0 {
                bits &= ~0 << UInt64(start % 64)
            }
            if bits != 0 { return word * 64 + bits.trailingZeroBitCount }
        }
        return nil
    }
}
