/// Where a record lies among the bytes of its block.
package struct SpoolRecord: Equatable, Sendable {
    /// What the payload is, as the ring's records say it.
    package let kind: UInt8
    /// Why it became a dead letter; empty for any other record.
    package let reason: Range<Int>
    package let payload: Range<Int>
}
