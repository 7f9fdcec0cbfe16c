internal import InferdBase
package import InferdJournal

/// Where events wait for a broker, or stay when there is none: the spool, or a test's list.
package protocol EventStore: ~Copyable {
    /// Takes a record in and says in which block it will be. It is safe when `nextBlock` is greater.
    mutating func append(kind: UInt8, payload: RawSpan, now: SpoolInstant) throws(EventStoreError) -> UInt64

    /// Sets a record aside that no broker will ever take. It is safe when this returns.
    mutating func setAside(
        kind: UInt8, payload: RawSpan, reason: String, now: SpoolInstant
    ) throws(EventStoreError)

    /// Writes what was taken in and not written.
    mutating func flush(now: SpoolInstant) throws(EventStoreError)

    /// Writes it if it has waited long enough.
    mutating func flushIfDue(now: SpoolInstant) throws(EventStoreError)

    /// Number of the block that is filled.
    var nextBlock: UInt64 { get }

    /// Records taken in and not written.
    var bufferedRecords: Int { get }

    /// Records written and not drained.
    var pendingRecords: Int { get }

    var totals: StoreTotals { get }

    /// Loads the oldest written block that was not loaded; nil: there is none for now.
    mutating func loadBlock() throws(EventStoreError) -> LoadedBlock?

    /// A record of the block that was loaded last.
    @_lifetime(borrow self)
    func loadedPayload(at index: Int) -> RawSpan
    func loadedKind(at index: Int) -> UInt8
    mutating func setAsideLoaded(at index: Int, reason: String, now: SpoolInstant) throws(EventStoreError)

    /// All records of the blocks up to this one are delivered or set aside.
    mutating func confirm(through block: UInt64) throws(EventStoreError)

    /// Loads again what was loaded and not confirmed.
    mutating func restartDrain()
}
