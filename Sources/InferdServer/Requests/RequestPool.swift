import InferdBase
import InferdScheduler
import InferdWire
import Synchronization

/// All requests the daemon can hold, as numbered records.
///
/// The right to answer a request is its claim: the worker, the deadline's timer, the canceller, the
/// watchdog and the closing of the connection compete for it, and whoever loses only gives the record
/// back. Records are taken and recycled by the I/O thread alone; every other thread returns them through a
/// stack that the I/O thread empties as a whole.
@safe
final class RequestPool: Sendable {
    static let none = RecordLinks.none

    /// Bytes of memory a free record keeps for its next request, in each of its two buffers.
    private static let retainedBytes = 8 << 10

    private enum Claim {
        static let free: UInt32 = 0
        static let waiting: UInt32 = 1
        static let answered: UInt32 = 2
    }

    /// What several threads look at while a request is computed.
    private struct Shared: ~Copyable {
        let claim = Atomic<UInt32>(Claim.free)
        /// Requests that wait for this one's computation and are not answered, itself included. Only the
        /// I/O thread changes it; at 0 nobody wants the answer any more.
        let audience = Atomic<UInt32>(0)
        /// The latest deadline of these, in nanoseconds.
        let deadline = Atomic<UInt64>(0)
        let isBatch = Atomic(false)
        /// Thread whose lane the request is in, plus 1; 0: none.
        let thread = Atomic<UInt32>(0)
    }

    let capacity: Int
    /// For the list a record is in: a queue's, a connection's or that of the records handed back.
    let links: RecordLinks
    private let records: FixedArray<RequestRecord>
    private let shared: FixedArray<Shared>
    private let messages: FixedArray<OwnedBytes>
    private let outcomes: FixedArray<RequestOutcome>
    private let returned = Atomic<UInt32>(none)
    /// A record may be completed and on its way out at the same time.
    private let completionLinks: RecordLinks
    private let completed = Atomic<UInt32>(none)

    init(capacity: Int) {
        self.capacity = capacity
        links = RecordLinks(capacity: capacity)
        completionLinks = RecordLinks(capacity: capacity)
        records = FixedArray(count: capacity) { _ in RequestRecord() }
        shared = FixedArray(count: capacity) { _ in Shared() }
        messages = FixedArray(count: capacity) { _ in OwnedBytes() }
        outcomes = FixedArray(count: capacity) { _ in RequestOutcome() }
    }

    /// The record, for its present owner only; ownership passes through the atomics below, through the
    /// queues, and through the connection's token, each of which orders the accesses around it.
    subscript(index: UInt32) -> RequestRecord {
        unsafeAddress { unsafe UnsafePointer(records.address(of: Int(index))) }
        unsafeMutableAddress { unsafe records.address(of: Int(index)) }
    }

    /// The request as it came, without its frame; empty for one that follows another's computation. The I/O
    /// thread writes it before it queues the request, and may read it whoever owns the record.
    subscript(message index: UInt32) -> OwnedBytes {
        unsafeAddress { unsafe UnsafePointer(messages.address(of: Int(index))) }
        unsafeMutableAddress { unsafe messages.address(of: Int(index)) }
    }

    /// What was computed; written by who computed it until `complete`, the I/O thread's from there on.
    subscript(outcome index: UInt32) -> RequestOutcome {
        unsafeAddress { unsafe UnsafePointer(outcomes.address(of: Int(index))) }
        unsafeMutableAddress { unsafe outcomes.address(of: Int(index)) }
    }

    /// Lends the body of the request in a record, for its present owner and the I/O thread.
    func withBody<Result, Failure: Error>(
        _ index: UInt32, _ use: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let message = self[message: index].span
        return try use(message.extracting(self[index].envelope.body))
    }

    /// Lends the request as it came; what its envelope's ranges refer to.
    func withMessage(_ index: UInt32, _ use: (RawSpan) -> Void) {
        use(self[message: index].span)
    }

    /// Lends the encoded reply body of a completed request.
    func withReplyField(_ index: UInt32, _ use: (RawSpan) -> Void) {
        let content = self[outcome: index].content.span
        use(content.extracting(self[outcome: index].bodyBytes..<content.byteCount))
    }

    // Claims.

    /// The I/O thread begins a request: whoever claims it from here on may answer it.
    func open(_ index: UInt32, deadline: MonotonicTime, isBatch: Bool) {
        shared[Int(index)].audience.store(1, ordering: .relaxed)
        shared[Int(index)].deadline.store(deadline.nanoseconds, ordering: .relaxed)
        shared[Int(index)].isBatch.store(isBatch, ordering: .relaxed)
        shared[Int(index)].thread.store(0, ordering: .relaxed)
        shared[Int(index)].claim.store(Claim.waiting, ordering: .releasing)
    }

    /// Takes the right to answer; true for exactly one caller a request.
    func claim(_ index: UInt32) -> Bool {
        shared[Int(index)].claim.exchange(Claim.answered, ordering: .acquiringAndReleasing) == Claim.waiting
    }

    func isAnswered(_ index: UInt32) -> Bool {
        shared[Int(index)].claim.load(ordering: .acquiring) == Claim.answered
    }

    // The computation.

    func audience(_ index: UInt32) -> UInt32 {
        // Pairs with `addMember`: see `IOSignal.wakeForFollowers`.
        shared[Int(index)].audience.load(ordering: .sequentiallyConsistent)
    }

    /// The I/O thread: one more waits for the computation of `index`.
    func addMember(_ index: UInt32, deadline: MonotonicTime) {
        let latest = shared[Int(index)].deadline.load(ordering: .relaxed)
        if deadline.nanoseconds > latest {
            shared[Int(index)].deadline.store(deadline.nanoseconds, ordering: .relaxed)
        }
        shared[Int(index)].audience.add(1, ordering: .sequentiallyConsistent)
    }

    /// The I/O thread: one less waits; how many still do.
    func removeMember(_ index: UInt32) -> UInt32 {
        shared[Int(index)].audience.subtract(1, ordering: .sequentiallyConsistent).newValue
    }

    /// The latest deadline of those who wait for the computation.
    func deadline(_ index: UInt32) -> MonotonicTime {
        MonotonicTime(nanoseconds: shared[Int(index)].deadline.load(ordering: .relaxed))
    }

    func isBatch(_ index: UInt32) -> Bool {
        shared[Int(index)].isBatch.load(ordering: .relaxed)
    }

    /// The I/O thread: somebody waits for the batch request `index` in person.
    func makeUrgent(_ index: UInt32) {
        shared[Int(index)].isBatch.store(false, ordering: .relaxed)
    }

    /// The thread, if any, whose lane the request is in.
    func thread(_ index: UInt32) -> Int? {
        let number = shared[Int(index)].thread.load(ordering: .relaxed)
        return number == 0 ? nil : Int(number) - 1
    }

    func setThread(_ index: UInt32, _ thread: Int) {
        shared[Int(index)].thread.store(UInt32(thread + 1), ordering: .relaxed)
    }

    // Lists.

    /// Hands a record back for reuse; any thread. The caller no longer owns it.
    func giveBack(_ index: UInt32) {
        links.push(index, on: returned)
    }

    /// The top of the stack of records handed back, now the caller's; follow it with `links`.
    func takeReturned() -> UInt32 {
        links.takeAll(returned)
    }

    /// Hands a computation's outcome over, before the record is given back.
    func complete(_ index: UInt32) {
        completionLinks.push(index, on: completed)
    }

    /// The top of the stack of completed records, now the caller's.
    func takeCompleted() -> UInt32 {
        completionLinks.takeAll(completed)
    }

    func nextCompleted(after index: UInt32) -> UInt32 {
        completionLinks.next(after: index)
    }

    var hasCompleted: Bool {
        completed.load(ordering: .sequentiallyConsistent) != Self.none
    }

    /// Readies a record for its next request; the I/O thread alone.
    func clear(_ index: UInt32) {
        assert(self[index].reservation == nil, "room for an event is neither used nor given back")
        shared[Int(index)].claim.store(Claim.free, ordering: .relaxed)
        self[message: index].removeAll()
        self[message: index].shrink(toCapacity: Self.retainedBytes)
        self[index].reply.bytes.removeAll()
        self[index].reply.bytes.shrink(toCapacity: Self.retainedBytes)
        self[index].key = nil
    }
}
