/// The reading end of a ring. One thread's.
///
/// `next` shows the oldest record that was not taken, `advance` takes it. What becomes of records is told by
/// their tickets, in any order; `release` gives the room of the oldest back to the producer, as far as they
/// were delivered. A record's bytes stay where they are until then. Nothing but `synchronize` enters the
/// system.
package struct RingConsumer: ~Copyable, Sendable {
    /// Keeps the memory mapped.
    package let file: RingFile
    private var state: RingConsumerState<RingWords>

    /// Takes the consumer's side of a ring, which may be done once.
    package init(_ file: RingFile) {
        self.file = file
        state = RingConsumerState(file.claimConsumer())
    }

    /// The oldest committed record that was not taken; nil when there is none, or when an older reservation is
    /// not finished yet.
    package mutating func next() -> RingRecord? {
        state.next()
    }

    /// The bytes of a record that was not delivered.
    @_lifetime(borrow self)
    package func payload(of record: RingRecord) -> RawSpan {
        // Sound: a committed record's bytes are the consumer's until it releases them, and `file` keeps them
        // mapped.
        let span = unsafe state.memory.bytes(
            at: state.payloadOffset(of: record), count: record.payloadBytes)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Takes the record that `next` has shown.
    package mutating func advance(past record: RingRecord) {
        state.advance(past: record)
    }

    /// Has `next` show all records again that were taken but not delivered.
    package mutating func rewind() {
        state.rewind()
    }

    /// Notes, in the file, that a record need not be delivered again. False when that was known before.
    @discardableResult
    package mutating func markDelivered(_ ticket: UInt64) -> Bool {
        state.markDelivered(ticket)
    }

    /// Gives the room of the oldest records back, up to the first that is not delivered or not taken.
    /// - Returns: how many bytes.
    @discardableResult
    package mutating func release() -> Int {
        state.release()
    }

    /// Bytes that are not free: of records, open reservations, and padding.
    package var pendingBytes: Int { state.pendingBytes }

    /// Records committed and not delivered.
    package var pendingRecords: UInt64 { state.pendingCount }

    /// Has what the ring holds written to the disk, and waits for it: then it survives a loss of power, too.
    package func synchronize() throws(RingError) {
        try file.synchronize()
    }

    package func checkInvariants() {
        state.checkInvariants()
    }
}
