import InferdKafka
import Testing

/// The publisher's ways through every fault, on a clock that the test moves, with a broker that it scripts.
struct PublisherTests {
    typealias Broker = ScriptedProducer.Broker
    typealias Probe = PublisherProbe<ScriptedFactory>

    private func numbers(_ range: Range<Int>) -> [String] { range.map(String.init) }

    @Test func eventsReachTheBrokerInOrder() {
        let broker = Broker()
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(100)
        probe.turn(20)
        #expect(probe.phase == .online)
        #expect(broker.accepted == numbers(0..<100))
        #expect(probe.counters.delivered == 100)
        #expect(probe.counters.published == 100)
        #expect(probe.counters.spooled == 0)
        #expect(probe.status.lagRecords == 0 && probe.status.lagSeconds == 0)
        #expect(probe.health.isGood)
        probe.checkConservation()
    }

    @Test func withoutABrokerTheStoreIsWhereEventsStay() {
        var probe = Probe(factory: nil)
        probe.commit(10)
        probe.turn()
        #expect(probe.phase == .recording)
        #expect(probe.counters.spooled == 10)
        #expect(probe.publisher.store.blocks.flatMap(\.records).count == 10)
        #expect(probe.status.lagRecords == 0)
        #expect(probe.health.isGood)
        probe.checkConservation()
    }

    @Test func onlyFewMessagesAreRiskedBeforeTheBrokerHasAcceptedOne() {
        let broker = Broker()
        broker.answer = .isSilent
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(1000)
        probe.turn()
        #expect(probe.publisher.inFlightCount == 64)
        broker.answer = .delivers
        probe.turn()
        #expect(probe.counters.delivered == 1000)
    }

    @Test func absentBrokerSendsEventsToTheStoreAndGetsThemInOrderWhenItIsThere() {
        let broker = Broker()
        broker.answer = .isSilent
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        broker.error = KafkaError(code: .allBrokersDown, message: "nobody there")
        probe.commit(100)
        probe.pass(milliseconds: 5200)
        #expect(probe.counters.outages == 1)
        #expect(probe.counters.spooled == 100)
        #expect(probe.health.broker?.cause == .unavailable)
        // Nothing was delivered, all of it is written: it lags, but the source is free.
        #expect(probe.publisher.source.pendingRecords == 0)
        #expect(probe.status.lagRecords == 100)
        #expect(probe.status.lagSeconds > 5)
        probe.checkConservation()

        probe.commit(20)
        broker.answer = .delivers
        probe.pass(milliseconds: 2000)
        #expect(probe.phase == .online)
        #expect(broker.accepted == numbers(0..<120))
        #expect(probe.health.isGood)
        #expect(probe.status.lagRecords == 0)
        probe.checkConservation()
    }

    @Test func brokerThatDiesUnderLoadGetsWhatWasOutAgain() {
        let broker = Broker()
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(50)
        probe.turn(20)
        broker.answer = .isSilent
        for _ in 0..<60 {
            probe.commit(3)
            probe.pass(milliseconds: 100)
        }
        #expect(probe.counters.outages == 1)
        #expect(probe.counters.replayed > 0)
        probe.checkConservation()
        broker.answer = .delivers
        probe.pass(milliseconds: 3000)
        #expect(broker.accepted == numbers(0..<230))
        #expect(probe.phase == .online)
        probe.checkConservation()
    }

    @Test func attemptsComeLessOftenAndAtMostHalfAMinuteApart() {
        let broker = Broker()
        broker.answer = .isSilent
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(10)
        probe.pass(milliseconds: 600_000)
        // Each takes fifteen seconds, then half a second, one, two, four, eight, sixteen, and thirty from there on.
        #expect((14...18).contains(probe.counters.outages))
        broker.answer = .delivers
        probe.pass(milliseconds: 31_000)
        #expect(broker.accepted == numbers(0..<10))
        #expect(probe.phase == .online)
        probe.checkConservation()
    }

    @Test func slowBrokerIsWaitedFor() {
        let broker = Broker()
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(10)
        probe.turn()
        for _ in 0..<10 {
            broker.answer = .isSilent
            probe.commit(10)
            probe.pass(milliseconds: 2000)
            broker.answer = .delivers
            probe.turn()
        }
        #expect(probe.counters.outages == 0)
        #expect(probe.counters.spooled == 0)
        #expect(broker.accepted == numbers(0..<110))
    }

    @Test func ringThatIsNearlyFullDoesNotWaitForASilentBroker() {
        let broker = Broker()
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(10)
        probe.turn()
        broker.answer = .isSilent
        probe.commit(10)
        probe.publisher.source.isPressed = true
        probe.pass(milliseconds: 1500)
        #expect(probe.counters.outages == 1)
        #expect(probe.counters.spooled == 10)
    }

    @Test func brokerThatTakesLessThanComesIsRelievedByTheStoreWithoutAnythingTwice() {
        let broker = Broker()
        broker.queueLength = 5
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(40)
        probe.publisher.source.isPressed = true
        probe.turn(6)
        #expect(probe.counters.spooled > 0)
        probe.publisher.source.isPressed = false
        probe.turn(60)
        #expect(broker.accepted == numbers(0..<40))
        #expect(probe.counters.replayed == 0)
        #expect(probe.phase == .online)
        probe.checkConservation()
    }

    @Test(arguments: [
        (KafkaErrorCode.unknownTopic, FailureCause.topicMissing), (.unknownTopicOrPartition, .topicMissing),
        (.topicAuthorizationFailed, .notAuthorized), (.clusterAuthorizationFailed, .notAuthorized),
        (.authenticationFailed, .authenticationRefused), (.messageTimedOut, .unavailable),
        (.notEnoughReplicas, .unavailable), (.policyViolation, .unavailable), (.transport, .unavailable),
        (KafkaErrorCode(rawValue: 9999), .unavailable),
    ])
    func errorThatSomebodyHasToMendKeepsEventsAndIsShown(code: KafkaErrorCode, cause: FailureCause) {
        let broker = Broker()
        broker.answer = .fails(code)
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(10)
        probe.pass(milliseconds: 300)
        #expect(probe.health.broker?.cause == cause)
        #expect(probe.counters.spooled == 10)
        #expect(probe.counters.deadLettered == 0)
        probe.checkConservation()
        broker.answer = .delivers
        probe.pass(milliseconds: 2000)
        #expect(broker.accepted == numbers(0..<10))
        #expect(probe.health.isGood)
        probe.checkConservation()
    }

    @Test func refusedAuthenticationIsShownAtOnce() {
        let broker = Broker()
        broker.answer = .isSilent
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(10)
        probe.turn(3)
        broker.error = KafkaError(code: .authentication, message: "go away")
        probe.pass(milliseconds: 300)
        #expect(probe.health.broker == .init(cause: .authenticationRefused, message: "go away"))
        #expect(probe.counters.spooled == 10)
    }

    @Test func unreachableBrokerIsTheReasonThatIsShown() {
        let broker = Broker()
        broker.answer = .isSilent
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(10)
        probe.turn(3)
        broker.error = KafkaError(code: .allBrokersDown, message: "nobody there")
        probe.turn()
        #expect(probe.counters.outages == 0)
        probe.pass(milliseconds: 5100)
        #expect(probe.health.broker == .init(cause: .unavailable, message: "nobody there"))
    }

    @Test(arguments: [KafkaErrorCode.messageTooLarge, .recordListTooLarge, .invalidRecord, .invalidTimestamp])
    func messageThatIsRefusedForEverIsSetAside(code: KafkaErrorCode) {
        let broker = Broker()
        broker.answers["3"] = .fails(code)
        broker.refusals["5"] = code
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(10)
        probe.turn(20)
        #expect(broker.accepted == ["0", "1", "2", "4", "6", "7", "8", "9"])
        #expect(Set(probe.publisher.store.letters.map(\.text)) == ["3", "5"])
        #expect(probe.publisher.store.letters.allSatisfy { !$0.reason.isEmpty })
        #expect(probe.counters.deadLettered == 2)
        #expect(probe.counters.outages == 0)
        #expect(probe.status.lagRecords == 0)
        probe.checkConservation()
    }

    @Test(arguments: [KafkaErrorCode.messageTooLarge, .invalidRecord])
    func messageOutOfTheStoreThatIsRefusedForEverIsSetAside(code: KafkaErrorCode) {
        let broker = Broker()
        broker.answer = .isSilent
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(10)
        probe.pass(milliseconds: 15_200)
        broker.answer = .delivers
        broker.answers["3"] = .fails(code)
        broker.refusals["5"] = code
        probe.pass(milliseconds: 3000)
        #expect(Set(broker.accepted) == Set(numbers(0..<10)).subtracting(["3", "5"]))
        #expect(probe.publisher.store.letters.map(\.text).sorted() == ["3", "5"])
        #expect(probe.counters.deadLettered == 2)
        #expect(probe.phase == .online)
        #expect(probe.publisher.store.pendingRecords == 0)
        probe.checkConservation()
    }

    @Test func recordThatIsNoEventIsSetAside() {
        let broker = Broker()
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit("?")
        probe.commit(1)
        probe.turn()
        #expect(broker.accepted == ["0"])
        #expect(probe.publisher.store.letters.map(\.text) == ["?"])
        probe.checkConservation()
    }

    @Test func recordNeitherBrokerNorStoreCanTakeIsDroppedAndCounted() {
        let broker = Broker()
        broker.answer = .isSilent
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(3)
        probe.commit(String(repeating: "x", count: 1001))
        probe.commit(3)
        probe.pass(milliseconds: 15_200)
        #expect(probe.counters.droppedTooLarge == 1)
        #expect(probe.counters.spooled == 6)
        probe.checkConservation()
    }

    @Test func fatalErrorHasAnotherProducerMadeThatGetsEverythingUndelivered() {
        let broker = Broker()
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(5)
        probe.turn()
        broker.answer = .isSilent
        probe.commit(5)
        probe.turn(2)
        broker.error = KafkaError(code: .outOfOrderSequence, message: "out of order", isFatal: true)
        probe.turn(1)
        broker.answer = .delivers
        probe.pass(milliseconds: 500)
        #expect(broker.producersMade == 2)
        #expect(probe.counters.rebuilds == 1)
        #expect(probe.counters.replayed == 5)
        #expect(broker.accepted == numbers(0..<10))
        #expect(probe.phase == .online)
        #expect(probe.health.isGood)
        probe.checkConservation()
    }

    @Test func fatalErrorInAReportHasAnotherProducerMade() {
        let broker = Broker()
        broker.answer = .fails(.invalidProducerEpoch)
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(5)
        probe.turn(4)
        broker.answer = .delivers
        probe.pass(milliseconds: 3000)
        #expect(broker.producersMade == 2)
        #expect(broker.accepted == numbers(0..<5))
        probe.checkConservation()
    }

    @Test func producersThatAllFailAreMadeLessAndLessOften() {
        let broker = Broker()
        broker.answer = .fails(.fatal)
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(5)
        probe.pass(milliseconds: 60_000)
        #expect((5...12).contains(broker.producersMade))
        #expect(probe.counters.spooled == 5)
        probe.checkConservation()
    }

    @Test func producerThatDoesNotReportWhatIsTakenBackIsReplaced() {
        let broker = Broker()
        broker.answer = .isSilent
        broker.purges = false
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(5)
        probe.pass(milliseconds: 20_300)
        #expect(probe.counters.replayed == 5)
        #expect(probe.counters.spooled == 5 || probe.publisher.inFlightCount == 5)
        broker.answer = .delivers
        probe.pass(milliseconds: 3000)
        #expect(broker.producersMade == 2)
        #expect(broker.accepted == numbers(0..<5))
        probe.checkConservation()
    }

    @Test func misconfigurationIsShownAndTriedAgain() {
        let broker = Broker()
        broker.misconfiguration = .unknownProperty("x")
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.commit(5)
        probe.turn()
        #expect(probe.health.configuration == KafkaConfigurationError.unknownProperty("x").message)
        #expect(probe.counters.spooled == 5)
        broker.misconfiguration = nil
        probe.pass(milliseconds: 2000)
        #expect(broker.accepted == numbers(0..<5))
        #expect(probe.health.isGood)
        probe.checkConservation()
    }
}
