/// Room in a ring for one event: finished by `commit` or `abandon` of the producer that gave it, exactly
/// once. The consumer does not pass it before.
package struct RingReservation: Sendable, Equatable {
    /// Where the record begins.
    let position: UInt64
    /// Bytes of the record, its header included.
    let extent: Int

    /// Bytes that may be written; at least as many as were asked for.
    package var payloadBytes: Int { extent - RingLayout.recordHeaderBytes }
}
