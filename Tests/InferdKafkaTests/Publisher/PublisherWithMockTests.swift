import InferdBase
import InferdJournal
import InferdKafka
import InferdTestSupport
import Testing

/// The publisher over librdkafka, against a broker that fails on command, on the clock of the wall.
struct PublisherWithMockTests {
    /// Patience of a test: a second instead of five, and attempts a tenth of a second apart.
    private static var hasty: PublisherConfiguration {
        var configuration = PublisherConfiguration()
        configuration.stallMilliseconds = 1_000
        configuration.connectMilliseconds = 2_000
        configuration.backoff = Backoff(firstMilliseconds: 100, maximumMilliseconds: 400)
        return configuration
    }

    private func probe(
        _ broker: MockBroker, properties: [String: String] = [:],
        configuration: PublisherConfiguration = PublisherWithMockTests.hasty
    ) -> PublisherProbe<KafkaProducerFactory> {
        let kafka = KafkaConfiguration(brokers: broker.address, topic: "events", properties: properties)
        return PublisherProbe(factory: KafkaProducerFactory(configuration: kafka), configuration: configuration)
    }

    /// What has come to the broker, each once, in the order in which it came first.
    private func arrived(at broker: MockBroker) throws -> [String] {
        var seen: Set<String> = []
        return try ConsumedMessage.all(of: "events", at: broker.address).map(\.payload)
            .filter { seen.insert($0).inserted }
    }

    private func numbers(_ count: Int) -> [String] { (0..<count).map(String.init) }

    @Test func brokerAbsentAtStart() throws {
        let broker = try MockBroker()
        try broker.goDown()
        var probe = probe(broker)
        probe.commit(200)
        try probe.run { $0.counters.spooled == 200 }
        #expect(probe.health.broker?.cause == .unavailable)
        try broker.comeUp()
        try probe.run { $0.status.lagRecords == 0 }
        #expect(try arrived(at: broker) == numbers(200))
        #expect(probe.health.isGood)
        probe.checkConservation()
    }

    @Test func brokerThatDiesUnderLoadAndComesBack() throws {
        let broker = try MockBroker()
        var probe = probe(broker)
        probe.commit(500)
        try probe.run { $0.counters.delivered > 0 }
        try broker.goDown()
        probe.commit(500)
        try probe.run { $0.counters.outages > 0 && $0.publisher.source.pendingRecords == 0 }
        try broker.comeUp()
        try probe.run { $0.status.lagRecords == 0 }
        #expect(Set(try arrived(at: broker)) == Set(numbers(1000)))
        probe.checkConservation()
    }

    @Test func brokerWithARoundTripOfTwoSeconds() throws {
        let broker = try MockBroker()
        try broker.setRoundTripTime(milliseconds: 2000)
        var probe = probe(broker, configuration: PublisherConfiguration())
        probe.commit(200)
        try probe.run { $0.counters.delivered == 200 }
        #expect(probe.counters.outages == 0)
        #expect(probe.counters.spooled == 0)
        try broker.setRoundTripTime(milliseconds: 0)
        #expect(try arrived(at: broker) == numbers(200))
    }

    /// Each error that librdkafka does not retry by itself, and what the publisher makes of it.
    @Test(arguments: [
        (17, FailureCause.topicMissing), (29, .notAuthorized), (31, .notAuthorized), (44, .unavailable),
        (13, .unavailable), (45, .fatal), (47, .fatal),
    ])
    func errorThatKeepsEventsUntilItIsMended(code: Int, cause: FailureCause) throws {
        let broker = try MockBroker()
        var probe = probe(broker)
        try broker.fail(.produce, with: code, count: 100)
        probe.commit(20)
        try probe.run { $0.health.broker?.cause == cause && $0.counters.spooled == 20 }
        #expect(probe.counters.deadLettered == 0)
        try broker.clearFailures(of: .produce)
        try probe.run { $0.status.lagRecords == 0 }
        #expect(Set(try arrived(at: broker)) == Set(numbers(20)))
        #expect(probe.health.isGood)
        probe.checkConservation()
    }

    @Test func topicMissing() throws {
        let broker = try MockBroker()
        try broker.setError(3, ofTopic: "events")
        var probe = probe(broker, properties: ["topic.metadata.propagation.max.ms": "0"])
        probe.commit(20)
        try probe.run { $0.health.broker?.cause == .topicMissing && $0.counters.spooled == 20 }
        try broker.setError(0, ofTopic: "events")
        try probe.run { $0.status.lagRecords == 0 }
        #expect(Set(try arrived(at: broker)) == Set(numbers(20)))
        probe.checkConservation()
    }

    @Test func authenticationRefused() throws {
        let broker = try RefusingBroker()
        let kafka = KafkaConfiguration(
            brokers: broker.address, topic: "events",
            properties: [
                "security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN", "sasl.username": "u",
                "sasl.password": "p",
            ])
        var probe = PublisherProbe(
            factory: KafkaProducerFactory(configuration: kafka), configuration: PublisherConfiguration())
        probe.commit(20)
        try probe.run { $0.health.broker?.cause == .authenticationRefused && $0.counters.spooled == 20 }
        probe.checkConservation()
    }

    @Test func messageTooLargeForTheProducer() throws {
        let broker = try MockBroker()
        var probe = probe(broker, properties: ["message.max.bytes": "1000"])
        probe.publisher.store.maximumBytes = 10_000
        let long = String(repeating: "x", count: 2000)
        probe.commit(long)
        probe.commit(3)
        try probe.run { $0.status.lagRecords == 0 }
        #expect(probe.publisher.store.letters.map(\.text) == [long])
        #expect(probe.publisher.store.letters.first?.reason.isEmpty == false)
        #expect(try arrived(at: broker) == numbers(3))
        probe.checkConservation()
    }

    @Test func messageTooLargeForTheBroker() throws {
        let broker = try MockBroker()
        var probe = probe(broker)
        probe.commit(1)
        try probe.run { $0.counters.delivered == 1 }
        try broker.fail(.produce, with: 10)
        probe.commit(1)
        try probe.run { $0.counters.deadLettered == 1 }
        probe.commit(1)
        try probe.run { $0.status.lagRecords == 0 }
        #expect(probe.publisher.store.letters.map(\.text) == ["1"])
        #expect(try arrived(at: broker) == ["0", "2"])
        probe.checkConservation()
    }
}
