internal import InferdBase
internal import Synchronization

/// A mapped ring's memory. Whoever holds it also holds the `RingFile` that keeps it mapped.
///
/// Sendable because the two sides of a ring, which alone use it, order their accesses themselves.
@safe
struct RingWords: RingMemory, @unchecked Sendable {
    let capacity: Int
    let identityCheck: UInt32
    private let base: UnsafeMutableRawPointer

    /// - Parameter base: of the header page; 4,096 + `capacity` bytes are mapped there.
    @unsafe
    init(base: UnsafeMutableRawPointer, capacity: Int, identityCheck: UInt32) {
        unsafe self.base = base
        self.capacity = capacity
        self.identityCheck = identityCheck
    }

    // Atomics are laid out as their values are, and the offsets are multiples of their sizes.

    private func withPosition<Result>(_ offset: Int, _ body: (borrowing Atomic<UInt64>) -> Result) -> Result {
        unsafe body((base + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee)
    }

    private func withState<Result>(_ offset: Int, _ body: (borrowing Atomic<UInt32>) -> Result) -> Result {
        unsafe body(address(offset + RingLayout.stateOffset).assumingMemoryBound(to: Atomic<UInt32>.self).pointee)
    }

    func loadTail() -> UInt64 {
        withPosition(RingLayout.tailOffset) { $0.load(ordering: .acquiring) }
    }

    func storeTail(_ position: UInt64) {
        withPosition(RingLayout.tailOffset) { $0.store(position, ordering: .releasing) }
    }

    func loadHead() -> UInt64 {
        withPosition(RingLayout.headOffset) { $0.load(ordering: .acquiring) }
    }

    func storeHead(_ position: UInt64) {
        withPosition(RingLayout.headOffset) { $0.store(position, ordering: .releasing) }
        // Only recovery reads it, when no thread is left.
        withPosition(RingLayout.headComplementOffset) { $0.store(~position, ordering: .relaxed) }
    }

    func loadHeadCopy() -> UInt64 {
        withPosition(RingLayout.headComplementOffset) { ~$0.load(ordering: .relaxed) }
    }

    func loadState(at offset: Int) -> UInt32 {
        withState(offset) { $0.load(ordering: .acquiring) }
    }

    func storeState(_ state: UInt32, at offset: Int) {
        withState(offset) { $0.store(state, ordering: .releasing) }
    }

    func loadCommittedCount() -> UInt64 {
        withPosition(RingLayout.committedCountOffset) { $0.load(ordering: .relaxed) }
    }

    func storeCommittedCount(_ count: UInt64) {
        withPosition(RingLayout.committedCountOffset) { $0.store(count, ordering: .relaxed) }
    }

    func load<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value {
        assert(offset >= 0 && offset <= capacity - MemoryLayout<Value>.size)
        return unsafe address(offset).load(as: type)
    }

    func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        assert(offset >= 0 && offset <= capacity - MemoryLayout<Value>.size)
        unsafe address(offset).storeBytes(of: value, as: Value.self)
    }

    func checksum(at offset: Int, count: Int, after initial: UInt32) -> UInt32 {
        var checksum = CRC32C(continuing: initial)
        unsafe checksum.update(with: bytes(at: offset, count: count))
        return checksum.value
    }

    /// `count` bytes of records from `offset` on. Nobody may write them while they are in use.
    @unsafe
    @_lifetime(immortal)
    func bytes(at offset: Int, count: Int) -> RawSpan {
        assert(offset >= 0 && count >= 0 && count <= capacity - offset)
        let span = unsafe RawSpan(_unsafeStart: address(offset), byteCount: count)
        return unsafe _overrideLifetime(span, borrowing: ())
    }

    /// The same to be written. Nobody else may use them meanwhile.
    @unsafe
    @_lifetime(immortal)
    func mutableBytes(at offset: Int, count: Int) -> MutableRawSpan {
        assert(offset >= 0 && count >= 0 && count <= capacity - offset)
        let span = unsafe MutableRawSpan(_unsafeStart: address(offset), byteCount: count)
        return unsafe _overrideLifetime(span, borrowing: ())
    }

    private func address(_ offset: Int) -> UnsafeMutableRawPointer {
        unsafe base + RingLayout.headerPageBytes + offset
    }
}
