import InferdBase
package import Synchronization

/// The next record in whatever list a record is in; it is in one at most.
package final class RecordLinks: Sendable {
    package static let none = UInt32.max

    private let links: FixedArray<Atomic<UInt32>>

    /// - Parameter capacity: numbers of records are less than this.
    package init(capacity: Int) {
        precondition(capacity > 0 && capacity < Int(Self.none))
        links = FixedArray(count: capacity) { _ in Atomic(Self.none) }
    }

    package func next(after record: UInt32) -> UInt32 {
        links[Int(record)].load(ordering: .relaxed)
    }

    package func setNext(_ next: UInt32, after record: UInt32) {
        links[Int(record)].store(next, ordering: .relaxed)
    }

    /// Puts `record` on top of a stack that others only ever take as a whole, so that no element can
    /// come back while it is being pushed.
    package func push(_ record: UInt32, on top: borrowing Atomic<UInt32>) {
        var seen = top.load(ordering: .relaxed)
        while true {
            setNext(seen, after: record)
            // Pairs with the acquiring exchange of who takes the stack.
            let (exchanged, now) = top.weakCompareExchange(
                expected: seen, desired: record, ordering: .sequentiallyConsistent)
            if exchanged { return }
            seen = now
        }
    }

    /// The stack's top, now the caller's with all below it; follow it with `next(after:)`.
    package func takeAll(_ top: borrowing Atomic<UInt32>) -> UInt32 {
        if top.load(ordering: .sequentiallyConsistent) == Self.none { return Self.none }
        return top.exchange(Self.none, ordering: .sequentiallyConsistent)
    }
}
