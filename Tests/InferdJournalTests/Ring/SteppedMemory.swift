import InferdBase
import InferdTestSupport

@testable import InferdJournal

/// A ring's memory that lets a test stop its user before every access to a shared word, and that sees whether
/// the accesses in between are ordered by what the shared words acquire and release (vector clocks, as
/// race detectors keep them).
///
/// Loads see the latest store: what a real processor may show late is covered by the order in which the test
/// lets the two sides run.
@safe
final class SteppedMemory: RingMemory {
    /// Which stores of shared words do not release, to see that the test would notice.
    enum Weakness: CaseIterable {
        case tail, head, state
    }

    let capacity: Int
    let identityCheck: UInt32 = 0x1234_5678
    let weakness: Weakness?
    /// By actor, called before each of its accesses to a shared word.
    var steps: [() -> Void] = [{}, {}]
    /// Called after each store of whatever kind.
    var stored: () -> Void = {}
    /// Who runs.
    var actor = 0 {
        didSet { precondition(actor == 0 || actor == 1) }
    }
    /// The first two accesses that nothing orders.
    private(set) var race: String?

    private let bytes: UnsafeMutableRawBufferPointer
    private var tail: UInt64 = 0
    private var head: UInt64 = 0
    private var headCopy: UInt64 = 0
    private var committedCount: UInt64 = 0
    private var clocks: AccessClocks
    /// Numbers of the shared words; a record's state has that of its place behind these.
    private static let tailWord = 0
    private static let headWord = 1
    private static let firstStateWord = 2

    init(capacity: Int, weakness: Weakness? = nil) {
        self.capacity = capacity
        self.weakness = weakness
        clocks = AccessClocks(words: capacity / 4, sharedWords: Self.firstStateWord + capacity / RingLayout.alignment)
        unsafe bytes = .allocate(byteCount: capacity, alignment: 16)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        unsafe bytes.deallocate()
    }

    /// What would be in the file if the process ended now.
    func copy() -> SteppedMemory {
        let copy = SteppedMemory(capacity: capacity)
        unsafe copy.bytes.copyMemory(from: UnsafeRawBufferPointer(bytes))
        (copy.tail, copy.head, copy.headCopy) = (tail, head, headCopy)
        copy.committedCount = committedCount
        return copy
    }

    private func step() {
        steps[actor]()
    }

    private func stateWord(_ offset: Int) -> Int {
        Self.firstStateWord + offset / RingLayout.alignment
    }

    private func note(_ access: AccessClocks.Access, at offset: Int, count: Int) {
        guard race == nil else { return }
        for word in offset / 4...(offset + max(count, 1) - 1) / 4 where !clocks.record(access, by: actor, word: word) {
            race = "\(access) by \(actor == 0 ? "producer" : "consumer") of the word at offset \(word * 4)"
        }
    }

    func loadTail() -> UInt64 {
        step()
        clocks.acquire(Self.tailWord, by: actor)
        return tail
    }

    func storeTail(_ position: UInt64) {
        step()
        if weakness != .tail { clocks.release(Self.tailWord, by: actor) }
        tail = position
        stored()
    }

    func loadHead() -> UInt64 {
        step()
        clocks.acquire(Self.headWord, by: actor)
        return head
    }

    func storeHead(_ position: UInt64) {
        step()
        if weakness != .head { clocks.release(Self.headWord, by: actor) }
        head = position
        stored()
        headCopy = position
        stored()
    }

    func loadHeadCopy() -> UInt64 { headCopy }

    func loadState(at offset: Int) -> UInt32 {
        step()
        note(.atomicRead, at: offset, count: 4)
        clocks.acquire(stateWord(offset), by: actor)
        return value(at: offset)
    }

    func storeState(_ state: UInt32, at offset: Int) {
        step()
        note(.atomicWrite, at: offset, count: 4)
        if weakness != .state { clocks.release(stateWord(offset), by: actor) }
        set(state, at: offset)
        stored()
    }

    func loadCommittedCount() -> UInt64 { committedCount }

    func storeCommittedCount(_ count: UInt64) { committedCount = count }

    func load<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value {
        note(.read, at: offset, count: MemoryLayout<Value>.size)
        return value(at: offset)
    }

    func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        note(.write, at: offset, count: MemoryLayout<Value>.size)
        set(value, at: offset)
        stored()
    }

    func checksum(at offset: Int, count: Int, after initial: UInt32) -> UInt32 {
        note(.read, at: offset, count: count)
        var checksum = CRC32C(continuing: initial)
        unsafe checksum.update(with: bytes.bytes.extracting(offset..<offset + count))
        return checksum.value
    }

    private func value<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Value {
        unsafe bytes.load(fromByteOffset: offset, as: Value.self)
    }

    private func set<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        unsafe bytes.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }
}
