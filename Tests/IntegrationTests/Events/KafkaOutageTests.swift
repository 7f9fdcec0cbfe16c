import Foundation
import InferdTestSupport
import InferdWire
import Testing

/// The daemon before a broker that is absent, dies and comes back, all while clients ask.
struct KafkaOutageTests {
    private static let topic = "forecasts"

    /// Ends the load and waits until everything is delivered: exactly what was answered is at the broker then.
    private func expectAllDelivered(_ scene: EventScene, _ load: EventLoad, _ broker: MockBroker) throws {
        load.finish()
        let events = try scene.wait(seconds: 60) { $0.pending == 0 && $0.isBalanced }
        #expect(events.lagRecords == 0)
        #expect(events.delivered == events.committed + events.recovered)
        #expect(events.deadLettered == 0 && events.deleted == 0 && events.damaged == 0, "\(events)")
        #expect(events.droppedRingFull == 0 && events.droppedTooLarge == 0 && events.rejected == 0, "\(events)")
        #expect(events.phase == "online")
        #expect(events.trouble.isEmpty, "\(events.trouble)")
        let found = try FoundEvents(try ConsumedMessage.all(of: Self.topic, at: broker.address))
        let answers = load.answers
        #expect(load.faults == [])
        #expect(found.faults == [])
        #expect(found.losses(of: answers) == [])
        #expect(found.gaps == [])
        // What a killed daemon has recorded and not answered may be there as well.
        #expect(found.counts.count >= answers.count)
        print("\(answers.count) answers, \(found.counts.count) events, \(found.duplicates) of them delivered again")
    }

    @Test func aBrokerThatIsAbsentAtStartGetsEverythingWhenItComes() throws {
        let broker = try MockBroker()
        try broker.goDown()
        let scene = try EventScene(broker, topic: Self.topic)
        let daemon = try scene.start()
        try daemon.waitUntilReady()
        let load = EventLoad(scene)
        defer { load.finish() }
        try load.waitForAnswers(50)
        let away = try scene.wait { $0.spooled > 0 && !$0.trouble.isEmpty }
        #expect(away.delivered == 0)
        try load.waitForAnswers(50)
        try broker.comeUp()
        try scene.wait(seconds: 60) { $0.delivered > 0 }
        try load.waitForAnswers(50)
        try expectAllDelivered(scene, load, broker)
    }

    @Test func aBrokerThatDiesUnderLoadLosesNothingAndHoldsNobodyUp() throws {
        let broker = try MockBroker()
        let scene = try EventScene(broker, topic: Self.topic)
        let daemon = try scene.start()
        try daemon.waitUntilReady()
        let load = EventLoad(scene)
        defer { load.finish() }
        try scene.wait { $0.delivered > 50 }
        for outage in 1...2 as ClosedRange<UInt64> {
            try broker.goDown()
            try load.waitForAnswers(50)
            try scene.wait { $0.outages >= outage && $0.spooled > 0 }
            try load.waitForAnswers(50)
            let before = try scene.stats()
            try broker.comeUp()
            try scene.wait(seconds: 60) { $0.delivered > before.delivered && $0.phase == "online" }
        }
        try expectAllDelivered(scene, load, broker)
    }

    @Test func aDaemonKilledDuringAnOutageDeliversAfterItsNextStart() throws {
        let broker = try MockBroker()
        let scene = try EventScene(broker, topic: Self.topic)
        let load = EventLoad(scene)
        defer { load.finish() }
        do {
            let daemon = try scene.start()
            try daemon.waitUntilReady()
            try scene.wait { $0.delivered > 50 }
            try broker.goDown()
            try scene.wait { $0.outages > 0 && $0.spooled > 0 }
            try load.waitForAnswers(50)
            daemon.signal(SIGKILL)
            #expect(daemon.waitForExit(seconds: 20) == SIGKILL)
        }
        // With fewer threads than there are rings to be emptied.
        let daemon = try scene.start(workers: 1)
        try daemon.waitUntilReady()
        try load.waitForAnswers(50)
        #expect(try scene.stats().recovered > 0)
        try broker.comeUp()
        try scene.wait(seconds: 60) { $0.phase == "online" }
        try load.waitForAnswers(50)
        try expectAllDelivered(scene, load, broker)
    }
}
