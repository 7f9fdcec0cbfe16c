/// The words and bytes that a ring's producer and consumer share. The ring's rules are written against
/// this, so that a test can stand between the two and let them take turns at every access.
///
/// Offsets of records count from the first byte behind the header page.
protocol RingMemory {
    var capacity: Int { get }
    /// The CRC-32C of what tells this ring from every other; each record's check begins with it, so that no
    /// other file's record can pass for one of this ring.
    var identityCheck: UInt32 { get }

    // Shared words.

    /// Acquires what `storeTail` released: the headers of all records before it.
    func loadTail() -> UInt64
    /// Releases. Only the producer's.
    func storeTail(_ position: UInt64)
    /// Acquires what `storeHead` released: the consumer's last look at the records before it.
    func loadHead() -> UInt64
    /// Releases. Only the consumer's. The second copy of the head follows.
    func storeHead(_ position: UInt64)
    /// The second copy; the same as the head unless the process ended between the two, or one came to harm.
    func loadHeadCopy() -> UInt64
    /// Acquires what `storeState` released: with `committed` the payload.
    func loadState(at offset: Int) -> UInt32
    /// Releases.
    func storeState(_ state: UInt32, at offset: Int)
    /// Records committed so far: for whoever counts what is pending. Orders nothing.
    func loadCommittedCount() -> UInt64
    func storeCommittedCount(_ count: UInt64)

    // What the shared words guard.

    func load<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value
    func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int)
    /// The CRC-32C of `initial` followed by `count` bytes at `offset`.
    func checksum(at offset: Int, count: Int, after initial: UInt32) -> UInt32
}
