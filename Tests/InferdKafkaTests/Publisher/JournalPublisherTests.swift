import Foundation
import InferdBase
import InferdJournal
import InferdKafka
import InferdTestSupport
import Testing

/// The publisher as the daemon has it, with real rings and a real spool.
struct JournalPublisherTests {
    private static var hasty: PublisherConfiguration {
        var configuration = PublisherConfiguration()
        configuration.stallMilliseconds = 1_000
        configuration.connectMilliseconds = 2_000
        configuration.backoff = Backoff(firstMilliseconds: 100, maximumMilliseconds: 400)
        return configuration
    }

    private func run(
        _ publisher: inout KafkaPublisher, until isDone: (PublisherStatus) -> Bool
    ) throws {
        let end = MonotonicTime.now().advanced(byMilliseconds: 60_000)
        var status = publisher.status(now: .now())
        repeat {
            let now = SpoolInstant.now()
            try require(now.monotonic < end, "after a minute: \(status)")
            if !publisher.turn(now: now) { _ = publisher.wait(milliseconds: 5) }
            publisher.checkInvariants()
            status = publisher.status(now: .now())
        } while !isDone(status)
    }

    /// Ids in the order in which they came first.
    private func arrived(at broker: MockBroker) throws -> [String] {
        var seen: Set<String> = []
        return try ConsumedMessage.all(of: "events", at: broker.address)
            .compactMap { $0.headers["event_id"] }.filter { seen.insert($0).inserted }
    }

    @Test func eventsReachTheBrokerWithTheirHeaders() throws {
        let broker = try MockBroker()
        let folder = try TemporaryDirectory()
        var journal = try JournalFolder(folder)
        var publisher = try journal.makePublisher(
            brokers: broker.address, encoding: .json, configuration: Self.hasty)
        let id = try journal.commitOrThrow(series: "s1")
        try run(&publisher) { $0.lagRecords == 0 }
        let message = try #require(try ConsumedMessage.all(of: "events", at: broker.address).first)
        #expect(message.key == "s1")
        #expect(message.headers == ["model": "demo", "version": "3", "event_id": id])
        let object = try JSONSerialization.jsonObject(with: Data(message.payload.utf8)) as? [String: Any]
        #expect(object?["series_id"] as? String == "s1")
    }

    @Test func outageGoesThroughTheSpoolAndNothingIsLost() throws {
        let broker = try MockBroker()
        let folder = try TemporaryDirectory()
        var journal = try JournalFolder(folder)
        var publisher = try journal.makePublisher(brokers: broker.address, configuration: Self.hasty)
        var ids: [String] = []
        for number in 0..<100 { ids.append(try journal.commitOrThrow(series: "s\(number % 5)")) }
        try run(&publisher) { $0.lagRecords == 0 }
        try broker.goDown()
        // More than the ring holds at once.
        while ids.count < 2000 {
            if let id = journal.commit(series: "s\(ids.count % 5)") {
                ids.append(id)
            } else {
                try run(&publisher) { _ in true }
            }
        }
        try run(&publisher) { $0.counters.outages > 0 && $0.phase == .spooling }
        #expect(publisher.counters.spooled > 0)
        try broker.comeUp()
        try run(&publisher) { $0.lagRecords == 0 }
        #expect(Set(try arrived(at: broker)) == Set(ids))
        #expect(publisher.store.pendingRecords == 0)
        #expect(publisher.counters.settledInSource == 2000)
        #expect(publisher.health.isGood)
    }

    @Test func whatAnotherLifeLeftInRingAndSpoolIsDelivered() throws {
        let broker = try MockBroker()
        let folder = try TemporaryDirectory()
        try broker.goDown()
        var ids: [String] = []
        do {
            var journal = try JournalFolder(folder)
            var publisher = try journal.makePublisher(brokers: broker.address, configuration: Self.hasty)
            for _ in 0..<50 { ids.append(try journal.commitOrThrow(series: "s")) }
            try run(&publisher) { $0.counters.spooled == 50 }
            for _ in 0..<50 { ids.append(try journal.commitOrThrow(series: "s")) }
        }
        try broker.comeUp()
        var journal = try JournalFolder(folder)
        #expect(journal.recovered.rings.count == 1)
        var publisher = try journal.makePublisher(brokers: broker.address, configuration: Self.hasty)
        for _ in 0..<50 { ids.append(try journal.commitOrThrow(series: "s")) }
        try run(&publisher) { $0.lagRecords == 0 }
        #expect(try arrived(at: broker) == ids)
        let emptied = publisher.source.takeEmptied()
        #expect(emptied.map(\.identity) == journal.recovered.rings.map(\.identity))
        #expect(publisher.source.takeEmptied().isEmpty)
        for ring in emptied { try journal.rings.remove(ring) }
    }
}
