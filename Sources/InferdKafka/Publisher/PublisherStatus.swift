/// The publisher as others see it.
package struct PublisherStatus: Equatable, Sendable {
    package var phase: PublisherPhase
    package var health: PublisherHealth
    package var counters: PublisherCounters
    package var store: StoreTotals
    /// Records in the source and the store that are not delivered.
    package var pendingRecords: Int
    /// Records that are to reach a broker and have not; without a broker, those that are not written.
    package var lagRecords: Int
    /// For how long there have been such records, or the age of the last that was delivered; 0: there are none.
    package var lagSeconds: Double
}
