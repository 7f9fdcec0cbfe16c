/// What was found in a ring that another life of the daemon has left.
package struct RingRecovery: Sendable, Equatable {
    /// Whole records that were not confirmed: they are delivered now.
    package var replayable = 0
    /// Whole records that were confirmed, but whose room was not freed yet.
    package var delivered = 0
    /// Reservations that were never committed: nobody was answered on their account.
    package var abandoned = 0
    /// Records whose place is known but whose content is not whole: skipped.
    package var damaged = 0
    /// Bytes behind a record that is not whole itself, so that nothing says where the next begins.
    package var unreadableBytes = 0

    package init() {}

    mutating func add(_ other: RingRecovery) {
        replayable += other.replayable
        delivered += other.delivered
        abandoned += other.abandoned
        damaged += other.damaged
        unreadableBytes += other.unreadableBytes
    }
}
