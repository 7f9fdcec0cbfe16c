internal import InferdBase
package import InferdJournal

/// Moves events from where they are committed to a broker, or into the store while there is none that accepts.
///
/// A state machine: `turn` is called over and over by one thread, is told the time, and never waits. Each record
/// is marked delivered in the source when a broker has accepted it, when the store has written it, or when it was
/// set aside as one that no broker will ever take; until then it stays in the source. Nothing else makes it
/// vanish, whatever fails: only a record that is longer than the store can hold is dropped, and counted.
///
/// Records keep their order: before the store takes over, what is out is taken back, and what the store holds goes
/// out before anything newer. What was out when that happened may arrive twice.
package struct Publisher<
    Source: EventSource & ~Copyable, Store: EventStore & ~Copyable, Format: EventFormat & ~Copyable,
    Factory: ProducerFactory
>: ~Copyable {
    package let configuration: PublisherConfiguration
    /// What the thread does beside publishing, such as retention, it does between turns.
    package var source: Source
    package var store: Store
    package internal(set) var phase: PublisherPhase
    package internal(set) var health = PublisherHealth()
    package internal(set) var counters = PublisherCounters()

    var format: Format
    let factory: Factory?
    var producer: Factory.Producer?
    var message = KafkaMessage()
    private var reports: [DeliveryReport] = []

    /// Messages that are out.
    var inFlight = InFlightTable<Source.Record>()
    /// Blocks that are out.
    var drain = DrainProgress()
    /// Records of the store that a broker has refused for ever while their block was out, and why.
    var refusals: [StoredPlace: String] = [:]
    /// The store's next block when nothing was left to be drained.
    var drainedBefore: UInt64 = 0
    /// Records in the store's buffer, in the order of their blocks.
    var unwritten: [UnwrittenRecord<Source.Record>] = []

    /// The store has a block that it could not give.
    var isLoadFailed = false

    /// The broker has accepted something since it was last given up on.
    var isProven = false
    /// Times in a row that it was given up on.
    var failures = 0
    /// The last delivery, or when the first of the messages that are out was handed over.
    var lastProgress = MonotonicTime(nanoseconds: 0)
    /// What the producer has said last of what fails.
    var lastError: KafkaError?
    var retryAt = MonotonicTime(nanoseconds: 0)
    var storeRetryAt = MonotonicTime(nanoseconds: 0)
    var settleBy = MonotonicTime.distantFuture
    var purgeAt = MonotonicTime.distantFuture
    /// Microseconds since 1970-01-01T00:00:00Z; nil while nothing waits.
    var behindSince: Int64?

    /// - Parameter factory: nil: no broker is configured, the store is where events stay.
    package init(
        source: consuming Source, store: consuming Store, format: consuming Format, factory: Factory?,
        configuration: PublisherConfiguration = PublisherConfiguration()
    ) {
        configuration.checkRelations()
        self.configuration = configuration
        self.source = source
        self.store = store
        self.format = format
        self.factory = factory
        phase = factory == nil ? .recording : .rebuilding
    }

    /// Does what can be done now.
    /// - Returns: false when nothing was: the next turn may wait for a report, for a commit, or some milliseconds.
    @discardableResult
    package mutating func turn(now: SpoolInstant) -> Bool {
        let before = (counters, phase, unwritten.count)
        takeReports(now)
        switch phase {
        case .recording: moveIntoStore(now)
        case .online: publish(now)
        case .settling: break
        case .spooling: spool(now)
        case .draining: drainStore(now)
        case .rebuilding: rebuild(now)
        }
        checkStall(now)
        settle(now)
        writeIfDue(now)
        source.release()
        noteLag(now)
        return (counters, phase, unwritten.count) != before
    }

    /// Waits up to so many milliseconds for reports, which the next turn takes. False: there is no producer to wait
    /// for, and this has not waited.
    package mutating func wait(milliseconds: Int32) -> Bool {
        guard let producer else { return false }
        producer.poll(into: &reports, milliseconds: milliseconds)
        return true
    }

    /// Writes everything to the store that is neither out nor delivered, as far as it takes it: to be called when
    /// no turn follows. What is out stays in the source.
    package mutating func finish(now: SpoolInstant) {
        takeReports(now)
        flushStore(now)
        source.release()
    }

    package func status(now: SpoolInstant) -> PublisherStatus {
        PublisherStatus(
            phase: phase, health: health, counters: counters, store: store.totals,
            // What is in the store's buffer is still in the source.
            pendingRecords: source.pendingRecords + store.pendingRecords, lagRecords: lagRecords,
            lagSeconds: behindSince.map { Double(max(0, now.wallMicroseconds - $0)) / 1_000_000 } ?? 0)
    }

    /// Records of the store that are settled, though it does not know that yet: it counts whole blocks.
    package var settledInStore: Int { drain.settledCount }

    /// Messages that are out.
    package var inFlightCount: Int { inFlight.count }

    var lagRecords: Int {
        // What is in the store's buffer is still in the source.
        source.pendingRecords + (phase == .recording ? 0 : store.pendingRecords - drain.settledCount)
    }

    private mutating func noteLag(_ now: SpoolInstant) {
        behindSince = lagRecords == 0 ? nil : behindSince ?? now.wallMicroseconds
    }

    private mutating func takeReports(_ now: SpoolInstant) {
        guard let producer else { return }
        producer.poll(into: &reports, milliseconds: 0)
        for report in reports { take(report, now) }
        reports.removeAll(keepingCapacity: true)
        confirmDrained(now)
        if let error = producer.takeError() { take(error, now) }
    }

    /// Traps when the parts contradict each other.
    package func checkInvariants() {
        inFlight.checkInvariants()
        drain.checkInvariants()
        precondition(producer != nil || inFlight.isEmpty)
        precondition(phase != .spooling || inFlight.isEmpty)
        precondition(phase != .recording || factory == nil)
        precondition(behindSince == nil || lagRecords > 0)
    }
}
