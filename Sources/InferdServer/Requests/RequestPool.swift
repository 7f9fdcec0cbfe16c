import InferdBase
import InferdWire
import Synchronization

/// All requests the daemon can hold, as numbered records.
///
/// The right to answer a request is its claim: the worker, the deadline's timer, the canceller and the
/// closing of the connection compete for it, and whoever loses only gives the record back. Records are
/// taken and recycled by the I/O thread alone; every other thread returns them through a stack that
/// the I/O thread empties as a whole.
@safe
final class RequestPool: Sendable {
    static let none = UInt32.max

    /// Bytes of memory a free record keeps for its next request, in each of its two buffers.
    private static let retainedBytes = 8 << 10

    private enum Claim {
        static let free: UInt32 = 0
        static let waiting: UInt32 = 1
        static let running: UInt32 = 2
        static let answered: UInt32 = 3
    }

    let capacity: Int
    private let records: FixedArray<RequestRecord>
    private let claims: FixedArray<Atomic<UInt32>>
    /// The next record in whatever list a record is in; it is in one at most.
    private let links: FixedArray<Atomic<UInt32>>
    private let returned = Atomic<UInt32>(none)

    init(capacity: Int) {
        precondition(capacity > 0 && capacity < Int(Self.none))
        self.capacity = capacity
        records = FixedArray(count: capacity) { _ in RequestRecord() }
        claims = FixedArray(count: capacity) { _ in Atomic(Claim.free) }
        links = FixedArray(count: capacity) { _ in Atomic(Self.none) }
    }

    /// The record, for its present owner only; ownership passes through the atomics below, through the
    /// queues, and through the connection's token, each of which orders the accesses around it.
    subscript(index: UInt32) -> RequestRecord {
        unsafeAddress { unsafe UnsafePointer(records.address(of: Int(index))) }
        unsafeMutableAddress { unsafe records.address(of: Int(index)) }
    }

    // Claims.

    /// The I/O thread begins a request: whoever claims it from here on may answer it.
    func open(_ index: UInt32) {
        claims[Int(index)].store(Claim.waiting, ordering: .releasing)
    }

    /// A worker begins to run the request; false when it is answered already.
    func start(_ index: UInt32) -> Bool {
        claims[Int(index)].compareExchange(
            expected: Claim.waiting, desired: Claim.running, ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Takes the right to answer; true for exactly one caller a request.
    func claim(_ index: UInt32) -> Bool {
        claims[Int(index)].exchange(Claim.answered, ordering: .acquiringAndReleasing) != Claim.answered
    }

    func isAnswered(_ index: UInt32) -> Bool {
        claims[Int(index)].load(ordering: .acquiring) == Claim.answered
    }

    // Lists.

    func next(after index: UInt32) -> UInt32 {
        links[Int(index)].load(ordering: .relaxed)
    }

    func setNext(_ next: UInt32, after index: UInt32) {
        links[Int(index)].store(next, ordering: .relaxed)
    }

    /// Puts `index` on top of a stack that others only ever take as a whole, so that no element can
    /// come back while it is being pushed.
    func push(_ index: UInt32, on top: borrowing Atomic<UInt32>) {
        var seen = top.load(ordering: .relaxed)
        while true {
            setNext(seen, after: index)
            // Pairs with the acquiring exchange of who takes the stack.
            let (exchanged, now) = top.weakCompareExchange(
                expected: seen, desired: index, ordering: .sequentiallyConsistent)
            if exchanged { return }
            seen = now
        }
    }

    /// Hands a record back for reuse; any thread. The caller no longer owns it.
    func giveBack(_ index: UInt32) {
        push(index, on: returned)
    }

    /// The top of the stack of records handed back, now the caller's; follow it with `next(after:)`.
    func takeReturned() -> UInt32 {
        if returned.load(ordering: .relaxed) == Self.none { return Self.none }
        return returned.exchange(Self.none, ordering: .acquiring)
    }

    /// Readies a record for its next request; the I/O thread alone.
    func clear(_ index: UInt32) {
        claims[Int(index)].store(Claim.free, ordering: .relaxed)
        self[index].message.removeAll()
        self[index].message.shrink(toCapacity: Self.retainedBytes)
        self[index].reply.bytes.removeAll()
        self[index].reply.bytes.shrink(toCapacity: Self.retainedBytes)
    }
}
