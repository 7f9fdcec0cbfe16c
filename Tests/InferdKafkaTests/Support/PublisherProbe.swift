import InferdBase
import InferdJournal
import InferdKafka
import InferdTestSupport
import Testing

/// A publisher of texts, on a clock that stands until it is moved.
struct PublisherProbe<Factory: ProducerFactory>: ~Copyable {
    var publisher: Publisher<ListSource, ListStore, TextFormat, Factory>
    private(set) var now = SpoolInstant(
        monotonic: MonotonicTime(nanoseconds: 1_000_000_000), wallMicroseconds: 1_700_000_000_000_000)
    private var committed = 0

    init(factory: Factory?, configuration: PublisherConfiguration = PublisherConfiguration()) {
        publisher = Publisher(
            source: ListSource(), store: ListStore(), format: TextFormat(), factory: factory,
            configuration: configuration)
    }

    /// Commits as many texts as numbers, from where the last call ended.
    mutating func commit(_ count: Int) {
        for number in committed..<(committed + count) { publisher.source.commit("\(number)") }
        committed += count
    }

    mutating func commit(_ text: String) { publisher.source.commit(text) }

    /// Turns so often without moving the clock.
    mutating func turn(_ count: Int = 8) {
        for _ in 0..<count {
            publisher.turn(now: now)
            publisher.checkInvariants()
        }
    }

    /// Moves the clock in steps of 100 ms, with some turns at each.
    mutating func pass(milliseconds: UInt64) {
        for _ in 0..<(milliseconds / 100) {
            now.monotonic = now.monotonic.advanced(byMilliseconds: 100)
            now.wallMicroseconds += 100_000
            turn(5)
        }
    }

    /// Turns by the clock of the wall until the condition holds.
    mutating func run(seconds: UInt64 = 60, until isDone: (borrowing PublisherProbe) -> Bool) throws {
        let end = MonotonicTime.now().advanced(byMilliseconds: seconds * 1000)
        while !isDone(self) {
            now = .now()
            try require(now.monotonic < end, "after \(seconds) s: \(status)")
            if !publisher.turn(now: now) { _ = publisher.wait(milliseconds: 5) }
            publisher.checkInvariants()
        }
    }

    mutating func finish() { publisher.finish(now: now) }

    var counters: PublisherCounters { publisher.counters }
    var phase: PublisherPhase { publisher.phase }
    var health: PublisherHealth { publisher.health }
    var status: PublisherStatus { publisher.status(now: now) }

    /// As `checkConservation`, in one.
    var isConserved: Bool {
        publisher.source.repeatedMarks == 0
            && publisher.source.texts.count == publisher.source.pendingRecords + counters.settledInSource
            && counters.spooled == publisher.store.pendingRecords - publisher.settledInStore + counters.drained
    }

    /// Every record is where the counters say that it is.
    func checkConservation(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(publisher.source.repeatedMarks == 0, sourceLocation: sourceLocation)
        #expect(
            publisher.source.texts.count == publisher.source.pendingRecords + counters.settledInSource,
            sourceLocation: sourceLocation)
        #expect(
            counters.spooled == publisher.store.pendingRecords - publisher.settledInStore + counters.drained,
            sourceLocation: sourceLocation)
        #expect(counters.deadLettered == publisher.store.letters.count, sourceLocation: sourceLocation)
    }
}
