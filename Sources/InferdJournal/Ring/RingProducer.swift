/// The writing end of a ring. One thread's: the one whose events it takes.
///
/// `reserve` before the work is done, so that a full ring is known in time; when the event is there,
/// `payload(of:)` is written and `commit` publishes it, before anybody is answered on its account. Many
/// reservations may be open at once and be finished in any order; the consumer waits for the oldest. None of
/// the calls allocates, locks or enters the system.
package struct RingProducer: ~Copyable, Sendable {
    /// Keeps the memory mapped.
    private let file: RingFile
    private var state: RingProducerState<RingWords>

    /// Takes the producer's side of a ring of this process's own, which may be done once.
    package init(_ file: RingFile) {
        self.file = file
        state = RingProducerState(file.claimProducer())
    }

    /// Part of the id of each event in this ring.
    package var identity: RingIdentity { file.identity }

    /// The sequence of the event that is committed next, from 1. An abandoned reservation uses none up, so that
    /// a gap in what consumers see is a loss.
    package var nextEventSequence: UInt64 { state.nextEventSequence }

    /// No event may be longer.
    package var maximumPayloadBytes: Int { RingLayout.maximumPayloadBytes(capacity: file.capacity) }

    /// Room for an event of at most `byteCount` bytes; nil when the ring has none, or never will because
    /// `byteCount` is more than `maximumPayloadBytes`.
    package mutating func reserve(byteCount: Int) -> RingReservation? {
        state.reserve(byteCount: byteCount)
    }

    /// Where the event is to be written: from the first byte on. Holds what lay there before.
    @_lifetime(&self)
    package mutating func payload(of reservation: RingReservation) -> MutableRawSpan {
        // Sound: an unfinished reservation's bytes are the producer's alone, and `file` keeps them mapped.
        let span = unsafe state.memory.mutableBytes(
            at: state.payloadOffset(of: reservation), count: reservation.payloadBytes)
        return unsafe _overrideLifetime(span, mutating: &self)
    }

    /// Publishes an event: its first `byteCount` bytes were written to the reservation's payload, and it bears
    /// `nextEventSequence`. It survives the process from here on.
    package mutating func commit(_ reservation: RingReservation, kind: UInt8, byteCount: Int) {
        state.commit(reservation, kind: kind, byteCount: byteCount)
    }

    /// Gives a reservation's room back.
    package mutating func abandon(_ reservation: RingReservation) {
        state.abandon(reservation)
    }

    package func checkInvariants() {
        state.checkInvariants()
    }
}
