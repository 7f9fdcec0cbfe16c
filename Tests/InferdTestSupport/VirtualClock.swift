package import InferdBase
import Synchronization

/// A clock that moves only when it is told to.
package final class VirtualClock: Sendable {
    private let nanoseconds: Atomic<UInt64>

    package init(nanoseconds: UInt64 = 1_000_000_000) {
        self.nanoseconds = Atomic(nanoseconds)
    }

    package var now: MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds.load(ordering: .relaxed))
    }

    package func advance(nanoseconds delta: UInt64) {
        nanoseconds.add(delta, ordering: .relaxed)
    }

    package func advance(microseconds delta: UInt64) {
        advance(nanoseconds: delta * 1000)
    }
}
