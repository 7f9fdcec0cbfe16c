import InferdKafka
import InferdTestSupport
import Testing

/// The publisher while the store fails, and everything at random.
struct PublisherStoreTests {
    typealias Broker = ScriptedProducer.Broker
    typealias Probe = PublisherProbe<ScriptedFactory>

    @Test func storeThatFailsLeavesEventsInTheSource() {
        var probe = Probe(factory: nil)
        probe.publisher.store.failure = .failed("disk full")
        probe.commit(10)
        probe.pass(milliseconds: 3000)
        #expect(probe.publisher.source.pendingRecords == 10)
        #expect(probe.health.store == "disk full")
        // Not with every turn.
        #expect((2...6).contains(probe.counters.storeFailures))
        probe.publisher.store.failure = nil
        probe.pass(milliseconds: 2000)
        #expect(probe.counters.spooled == 10)
        #expect(probe.health.isGood)
        probe.checkConservation()
    }

    /// Its buffer is hardly ever empty then.
    @Test func storeThatWorksAgainUnderLoadIsGood() {
        var probe = Probe(factory: nil)
        probe.publisher.store.flushMilliseconds = 1_000_000
        probe.publisher.store.failure = .failed("disk full")
        probe.commit(5)
        probe.pass(milliseconds: 3000)
        #expect(probe.health.store == "disk full")
        probe.publisher.store.failure = nil
        probe.pass(milliseconds: 2000)
        #expect(probe.publisher.store.bufferedRecords > 0)
        #expect(probe.counters.spooled == 4)
        #expect(probe.health.isGood)
        probe.checkConservation()
    }

    @Test func storeThatFailsDoesNotKeepEventsFromABrokerThatWorks() {
        let broker = Broker()
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.publisher.store.failure = .failed("read-only")
        probe.commit(100)
        probe.pass(milliseconds: 500)
        #expect(broker.accepted.count == 100)
        probe.checkConservation()
    }

    @Test func letterThatCannotBeWrittenIsKept() {
        let broker = Broker()
        broker.answers["1"] = .fails(.messageTooLarge)
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        probe.publisher.store.failure = .failed("disk full")
        probe.commit(3)
        probe.pass(milliseconds: 3000)
        #expect(probe.publisher.source.pendingRecords > 0)
        #expect(probe.counters.deadLettered == 0)
        probe.publisher.store.failure = nil
        probe.pass(milliseconds: 5000)
        #expect(probe.publisher.store.letters.map(\.text) == ["1"])
        #expect(Set(broker.accepted) == ["0", "2"])
        #expect(probe.status.lagRecords == 0)
        probe.checkConservation()
    }

    @Test func whatTheStoreHeldAtStartGoesOutFirst() {
        let broker = Broker()
        var probe = Probe(factory: ScriptedFactory(broker: broker))
        var old = ListStore()
        old.fill(["a", "b", "c", "d", "e"])
        probe.publisher.store = old
        probe.commit(3)
        probe.turn(20)
        #expect(broker.accepted == ["a", "b", "c", "d", "e", "0", "1", "2"])
        #expect(probe.publisher.store.pendingRecords == 0)
    }

    @Test func finishingWritesWhatTheStoreHasTakenIn() {
        var probe = Probe(factory: nil)
        probe.publisher.store.recordsPerBlock = 100
        probe.commit(3)
        probe.turn(1)
        probe.finish()
        #expect(probe.counters.spooled == 3)
        #expect(probe.publisher.store.bufferedRecords == 0)
    }

    /// Whatever broker and disk do, everything arrives; and while the disk works, first arrivals are in order.
    @Test func nothingIsLostUnderRandomFaults() throws {
        try SeedSweep.run("nothingIsLostUnderRandomFaults", seeds: 60) { generator in
            let broker = Broker()
            var probe = Probe(factory: ScriptedFactory(broker: broker))
            probe.publisher.store.flushMilliseconds = UInt64.random(in: 0...5, using: &generator) * 300
            let storeFails = Bool.random(using: &generator)
            var committed = 0
            for _ in 0..<60 {
                let count = Int.random(in: 0...12, using: &generator)
                probe.commit(count)
                committed += count
                broker.queueLength = Bool.random(using: &generator) ? 5 : 1000
                broker.purges = Int.random(in: 0..<8, using: &generator) > 0
                probe.publisher.source.isPressed = Int.random(in: 0..<4, using: &generator) == 0
                probe.publisher.store.failure =
                    storeFails && Int.random(in: 0..<5, using: &generator) == 0 ? .failed("disk full") : nil
                switch Int.random(in: 0..<10, using: &generator) {
                case 0..<4: broker.answer = .delivers
                case 4..<6: broker.answer = .isSilent
                case 6: broker.answer = .fails(.messageTimedOut)
                case 7: broker.answer = .fails(.unknownTopic)
                case 8: broker.answer = .fails(.invalidProducerEpoch)
                default: broker.error = KafkaError(code: .fatal, message: "fatal", isFatal: true)
                }
                probe.pass(milliseconds: UInt64.random(in: 1...40, using: &generator) * 100)
                try require(probe.isConserved, "conservation: \(probe.counters)")
            }
            broker.answer = .delivers
            broker.error = nil
            broker.queueLength = 1000
            broker.purges = true
            probe.publisher.store.failure = nil
            probe.publisher.source.isPressed = false
            probe.pass(milliseconds: 90_000)
            try require(probe.phase == .online, "phase \(probe.phase)")
            try require(probe.status.lagRecords == 0, "lag \(probe.status)")
            try require(probe.isConserved, "conservation: \(probe.counters)")
            var seen: Set<String> = []
            let first = broker.accepted.filter { seen.insert($0).inserted }
            try require(Set(first) == Set((0..<committed).map(String.init)), "lost or made up")
            try require(storeFails || first == (0..<committed).map(String.init), "out of order: \(first)")
        }
    }
}
