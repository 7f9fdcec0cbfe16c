/// What the publisher has counted since it was made. Each record that was marked delivered in the source is
/// counted once as spooled, delivered, dead-lettered or dropped; what has left the store, once more.
package struct PublisherCounters: Equatable, Sendable {
    /// Messages handed to a producer; again for each replay.
    package var published = 0
    /// Messages that a broker has accepted.
    package var delivered = 0
    /// Messages that were out and not delivered when they were taken back or their producer ended. They are
    /// handed out again, and may arrive twice.
    package var replayed = 0
    /// Records moved from the source into the store.
    package var spooled = 0
    /// Records that no broker will ever take, set aside.
    package var deadLettered = 0
    /// Records longer than the store can hold, which the broker did not take either.
    package var droppedTooLarge = 0
    /// What of these three had been in the store.
    package var deliveredFromStore = 0
    package var deadLetteredFromStore = 0
    package var droppedFromStore = 0
    /// Times that the broker was given up on.
    package var outages = 0
    /// Producers made anew because of a fatal error.
    package var rebuilds = 0
    /// Attempts of the store that failed.
    package var storeFailures = 0

    package init() {}

    /// Records that have left the store, but for what retention deletes.
    package var drained: Int { deliveredFromStore + deadLetteredFromStore + droppedFromStore }

    /// Records that were marked delivered in the source.
    package var settledInSource: Int { spooled + delivered + deadLettered + droppedTooLarge - drained }
}
