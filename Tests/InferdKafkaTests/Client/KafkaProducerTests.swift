import InferdKafka
import InferdTestSupport
import Testing

/// The producer against a broker that works, and what it says of one that does not.
struct KafkaProducerTests {
    /// Has the producer give up by itself, which it otherwise leaves to the publisher.
    private static let impatient = ["message.timeout.ms": "1500"]

    @Test func messageArrivesWithKeyHeadersAndPayload() throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        let headers: [KafkaMessage.Header: String] = [
            .model: "demo", .version: "3", .traceparent: "00-aa-bb-01", .eventID: "e-1",
        ]
        try probe.producer.produce(KafkaMessage(key: "s1", payload: "hello", headers: headers), ticket: 7)
        try probe.poll { !$0.reports.isEmpty }
        #expect(probe.delivered == [7])
        #expect(probe.producer.outstanding == 0)
        let named = ["model": "demo", "version": "3", "traceparent": "00-aa-bb-01", "event_id": "e-1"]
        #expect(
            try ConsumedMessage.all(of: "events", at: broker.address)
                == [ConsumedMessage(key: "s1", headers: named, payload: "hello")])
    }

    @Test func headerWithoutValueIsNotSent() throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        try probe.producer.produce(
            KafkaMessage(key: "s1", payload: "x", headers: [.model: "demo", .traceparent: ""]), ticket: 1)
        try probe.poll { !$0.reports.isEmpty }
        #expect(try ConsumedMessage.all(of: "events", at: broker.address).map(\.headers) == [["model": "demo"]])
    }

    @Test func everyTicketIsReportedOnce() throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        for ticket in 0..<2000 as Range<UInt64> { try probe.produce("payload \(ticket)", ticket: ticket) }
        try probe.poll { $0.reports.count >= 2000 }
        #expect(probe.delivered.sorted() == Array(0..<2000))
    }

    @Test func brokerAbsentAtStartIsToldAndMessagesWait() throws {
        let broker = try MockBroker()
        try broker.goDown()
        let probe = try ProducerProbe(broker.address)
        try probe.produce("x", ticket: 1)
        try probe.poll { !$0.errors.isEmpty }
        #expect(probe.errors.allSatisfy { $0.code.cause == .unavailable && !$0.isFatal })
        #expect(probe.producer.outstanding == 1)
        try broker.comeUp()
        try probe.poll { $0.delivered == [1] }
    }

    @Test func messagesTakenBackAreReportedAndTheProducerGoesOn() throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        try probe.produce("before", ticket: 1)
        try probe.poll { $0.delivered == [1] }
        try broker.goDown()
        for ticket in 2..<10 as Range<UInt64> { try probe.produce("during", ticket: ticket) }
        probe.producer.purge()
        try probe.poll { $0.reports.count == 9 }
        #expect((2..<10).allSatisfy { probe.report(of: $0)?.error?.cause == .purged })
        try broker.comeUp()
        try probe.produce("after", ticket: 10)
        try probe.poll { $0.delivered == [1, 10] }
    }

    @Test func messagesUnderWayAreTakenBackFromASlowBroker() throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        try probe.produce("before", ticket: 1)
        try probe.poll { $0.delivered == [1] }
        try broker.setRoundTripTime(milliseconds: 2000)
        try probe.produce("slow", ticket: 2)
        try probe.poll { $0.delivered == [1, 2] }
        try broker.goDown()
        try probe.produce("lost", ticket: 3)
        probe.producer.purge()
        try probe.poll { $0.report(of: 3)?.error?.cause == .purged }
    }

    /// leader not available, not leader, timed out, broker not available, not enough replicas (before and after
    /// the append), storage error
    @Test(arguments: [5, 6, 7, 8, 19, 20, 56])
    func retriableErrorIsRetriedByTheProducer(code: Int) throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        try broker.fail(.produce, with: code, count: 2)
        try probe.produce("x", ticket: 1)
        try probe.poll { !$0.reports.isEmpty }
        #expect(probe.delivered == [1])
    }

    /// Each error that a broker may give a message, and what it asks of the publisher.
    @Test(arguments: [
        (10, FailureCause.messageTooLarge), (18, .messageTooLarge), (87, .messageRefused), (32, .messageRefused),
        (17, .topicMissing), (29, .notAuthorized), (31, .notAuthorized), (44, .unavailable),
        // Network exception: retriable by the protocol, not to the library, and so for the publisher to retry.
        (13, .unavailable),
    ])
    func permanentErrorIsReportedWithItsCause(code: Int, cause: FailureCause) throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address, properties: Self.impatient)
        try broker.fail(.produce, with: code, count: 100)
        try probe.produce("payload", ticket: 1)
        try probe.poll { !$0.reports.isEmpty }
        let report = try #require(probe.report(of: 1))
        #expect(report.error?.cause == cause)
    }

    @Test func messageLongerThanTheProducerTakesIsRefusedAtOnce() throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address, properties: ["message.max.bytes": "1000"])
        let error = #expect(throws: KafkaError.self) {
            try probe.produce(String(repeating: "x", count: 2000), ticket: 1)
        }
        #expect(error?.code == .messageTooLarge)
        #expect(probe.producer.outstanding == 0)
    }

    @Test func fullQueueRefusesAndTakesAgain() throws {
        let broker = try MockBroker()
        try broker.goDown()
        let probe = try ProducerProbe(broker.address, properties: ["queue.buffering.max.messages": "10"])
        for ticket in 0..<10 as Range<UInt64> { try probe.produce("x", ticket: ticket) }
        #expect(throws: KafkaError.self) { try probe.produce("x", ticket: 10) }
        try broker.comeUp()
        try probe.poll { $0.delivered.count == 10 }
        try probe.produce("x", ticket: 10)
        try probe.poll { $0.delivered.count == 11 }
    }

    @Test func missingTopicIsTold() throws {
        let broker = try MockBroker()
        try broker.setError(3, ofTopic: "events")
        let probe = try ProducerProbe(
            broker.address, properties: Self.impatient.merging(["topic.metadata.propagation.max.ms": "0"]) { $1 })
        try probe.produce("x", ticket: 1)
        try probe.poll { !$0.reports.isEmpty }
        #expect(probe.report(of: 1)?.error?.cause == .topicMissing)
    }

    @Test func refusedAuthenticationIsTold() throws {
        let broker = try RefusingBroker()
        let probe = try ProducerProbe(
            broker.address,
            properties: [
                "security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN", "sasl.username": "u",
                "sasl.password": "p",
            ])
        try probe.produce("x", ticket: 1)
        try probe.poll { $0.errors.contains { $0.code.cause == .authenticationRefused } }
        #expect(probe.producer.outstanding == 1)
    }

    @Test func fencedProducerIsFatal() throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        try probe.produce("before", ticket: 1)
        try probe.poll { $0.delivered == [1] }
        probe.producer.provokeFatalError()
        try probe.poll { !$0.errors.isEmpty }
        #expect(probe.errors.last?.isFatal == true)
        let error = #expect(throws: KafkaError.self) { try probe.produce("x", ticket: 2) }
        #expect(error?.isFatal == true)
        #expect(error?.code.cause == .fatal)
    }

    /// Out of order sequence number, after which the library stops; invalid producer epoch, after which it goes
    /// on, but not with what failed.
    @Test(arguments: [(45, true), (47, false)])
    func errorOfIdempotenceAsksForANewProducer(code: Int, isFatal: Bool) throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        try probe.produce("before", ticket: 1)
        try probe.poll { $0.delivered == [1] }
        try broker.fail(.produce, with: code)
        try probe.produce("x", ticket: 2)
        try probe.poll { $0.report(of: 2) != nil && (!isFatal || !$0.errors.isEmpty) }
        #expect(probe.report(of: 2)?.error?.cause == .fatal)
        #expect(probe.errors.contains { $0.isFatal } == isFatal)
    }

    @Test func brokerThatForgotTheProducerIsSettledByTheLibrary() throws {
        let broker = try MockBroker()
        let probe = try ProducerProbe(broker.address)
        try probe.produce("before", ticket: 1)
        try probe.poll { $0.delivered == [1] }
        // Unknown producer.
        try broker.fail(.produce, with: 59)
        try probe.produce("x", ticket: 2)
        try probe.poll { $0.delivered == [1, 2] }
    }

    @Test func numbersAreThoseOfTheLibrary() {
        let names: [(KafkaErrorCode, String)] = [
            (.transport, "_TRANSPORT"), (.messageTimedOut, "_MSG_TIMED_OUT"), (.unknownPartition, "_UNKNOWN_PARTITION"),
            (.unknownTopic, "_UNKNOWN_TOPIC"), (.allBrokersDown, "_ALL_BROKERS_DOWN"),
            (.invalidArgument, "_INVALID_ARG"), (.queueFull, "_QUEUE_FULL"), (.security, "_SSL"),
            (.authentication, "_AUTHENTICATION"), (.purgedFromQueue, "_PURGE_QUEUE"),
            (.purgedInFlight, "_PURGE_INFLIGHT"), (.fatal, "_FATAL"), (.producerFenced, "_FENCED"),
            (.unknownTopicOrPartition, "UNKNOWN_TOPIC_OR_PART"), (.invalidMessageSize, "INVALID_MSG_SIZE"),
            (.notLeader, "NOT_LEADER_FOR_PARTITION"), (.requestTimedOut, "REQUEST_TIMED_OUT"),
            (.messageTooLarge, "MSG_SIZE_TOO_LARGE"), (.invalidTopic, "TOPIC_EXCEPTION"),
            (.recordListTooLarge, "RECORD_LIST_TOO_LARGE"), (.notEnoughReplicas, "NOT_ENOUGH_REPLICAS"),
            (.topicAuthorizationFailed, "TOPIC_AUTHORIZATION_FAILED"),
            (.clusterAuthorizationFailed, "CLUSTER_AUTHORIZATION_FAILED"), (.invalidTimestamp, "INVALID_TIMESTAMP"),
            (.unsupportedMechanism, "UNSUPPORTED_SASL_MECHANISM"),
            (.illegalAuthenticationState, "ILLEGAL_SASL_STATE"), (.policyViolation, "POLICY_VIOLATION"),
            (.outOfOrderSequence, "OUT_OF_ORDER_SEQUENCE_NUMBER"), (.invalidProducerEpoch, "INVALID_PRODUCER_EPOCH"),
            (.authenticationFailed, "SASL_AUTHENTICATION_FAILED"), (.invalidRecord, "INVALID_RECORD"),
        ]
        for (code, name) in names { #expect(KafkaProducer.name(of: code) == name) }
    }
}
