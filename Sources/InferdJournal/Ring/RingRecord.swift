/// One committed record, as the consumer sees it.
package struct RingRecord: Sendable, Equatable {
    /// Names the record in its ring, and no other record ever: what `markDelivered` takes.
    package let ticket: UInt64
    /// What the payload is; given by whoever committed it.
    package let kind: UInt8
    /// Rises by one from record to record in the order in which they were committed, from 1.
    package let eventSequence: UInt64
    package let payloadBytes: Int
    /// Bytes of the record, its header included.
    let extent: Int
}
