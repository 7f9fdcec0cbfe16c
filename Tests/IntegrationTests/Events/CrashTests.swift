import Foundation
import InferdJournal
import InferdTestSupport
import InferdWire
import Testing

/// The daemon is killed again and again while clients ask it, and takes up each time what it has left.
struct CrashTests {
    private static let crashes = ProcessInfo.processInfo.environment["INFERD_CRASHES"].flatMap { Int($0) } ?? 30
    private static let greatestWorkers = 4

    @Test func whatWasAnsweredSurvivesEveryKill() throws {
        var generator = SeededGenerator(for: "whatWasAnsweredSurvivesEveryKill")
        let scene = try EventScene(events: ["ring_bytes: 4194304"])
        let load = EventLoad(scene, clients: 3, pauseMicroseconds: 0)
        defer { load.finish() }
        var replayed = 0
        for _ in 0..<Self.crashes {
            let daemon = try killOne(scene, load, &generator)
            let trouble = daemon.logLines.filter { $0.contains("\"level\":\"error\"") || $0.contains("\"warning\"") }
            #expect(trouble == [])
            replayed += try expectNoDamage(daemon)
        }
        try expectRest(scene, load)
        let found = try FoundEvents(spool: scene.folder.spool)
        expect(found, Self.crashes, load, replayed: replayed)
    }

    /// Each kill meets another mix of rings, spool, messages on their way and blocks that are being drained.
    @Test func whatWasAnsweredReachesTheBrokerAfterEveryKill() throws {
        var generator = SeededGenerator(for: "whatWasAnsweredReachesTheBrokerAfterEveryKill")
        let broker = try MockBroker()
        // The mock forgets what does not fit some megabytes of a partition.
        try broker.makeTopic("forecasts", partitions: 32)
        let scene = try EventScene(broker, topic: "forecasts", events: ["ring_bytes: 4194304"])
        let load = EventLoad(scene, clients: 3, pauseMicroseconds: 1_000)
        defer { load.finish() }
        var replayed = 0
        var isUp = true
        let crashes = (Self.crashes + 2) / 3
        for _ in 0..<crashes {
            let daemon = try killOne(scene, load, &generator) {
                if Bool.random(using: &$0) {
                    isUp ? try broker.goDown() : try broker.comeUp()
                    isUp.toggle()
                }
            }
            replayed += try expectNoDamage(daemon)
        }
        try broker.comeUp()
        try expectRest(scene, load)
        let found = try FoundEvents(try ConsumedMessage.all(of: "forecasts", at: broker.address))
        expect(found, crashes, load, replayed: replayed)
    }

    /// Starts a daemon and kills it at a random moment.
    /// - Parameter act: is done half-way.
    private func killOne(
        _ scene: EventScene, _ load: EventLoad, _ generator: inout SeededGenerator,
        act: (inout SeededGenerator) throws -> Void = { _ in }
    ) throws -> DaemonProcess {
        let daemon = try scene.start(workers: Int.random(in: 1...Self.greatestWorkers, using: &generator))
        if Int.random(in: 0..<5, using: &generator) == 0 {
            // While it starts, too, which is when it looks through what is left.
            usleep(UInt32.random(in: 0..<200_000, using: &generator))
        } else {
            try daemon.waitUntilReady()
            try load.waitForAnswers(1)
            usleep(UInt32.random(in: 0..<125_000, using: &generator))
            try act(&generator)
            usleep(UInt32.random(in: 0..<125_000, using: &generator))
        }
        daemon.signal(SIGKILL)
        try #require(daemon.waitForExit(seconds: 20) == SIGKILL)
        return daemon
    }

    /// A daemon finds no ring damaged; how many events it has found in them.
    private func expectNoDamage(_ daemon: DaemonProcess) throws -> Int {
        guard let line = daemon.logLines.first(where: { $0.contains("events of an earlier life") }) else { return 0 }
        let told = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(told?["damaged"] as? Int == 0, "\(line)")
        #expect(told?["unreadable_bytes"] as? Int == 0, "\(line)")
        return told?["replayed"] as? Int ?? 0
    }

    /// A last daemon that is left in peace moves everything to where it goes, and its account is true.
    private func expectRest(_ scene: EventScene, _ load: EventLoad) throws {
        let daemon = try scene.start(workers: 1)
        try daemon.waitUntilReady()
        try load.waitForAnswers(1)
        load.finish()
        _ = try expectNoDamage(daemon)
        let events = try scene.wait(seconds: 60) { $0.lagRecords == 0 && $0.isBalanced }
        #expect(events.damaged == 0 && events.deleted == 0 && events.droppedRingFull == 0)
        daemon.signal(SIGTERM)
        #expect(daemon.waitForExit(seconds: 20) == 0)
        // The others' rings are gone, however many there were.
        let rings = try FileManager.default.contentsOfDirectory(atPath: scene.folder.rings)
        #expect(rings.filter { $0.hasSuffix(".ring") }.count <= 2, "\(rings)")
    }

    private func expect(_ found: FoundEvents, _ crashes: Int, _ load: EventLoad, replayed: Int) {
        let answers = load.answers
        #expect(load.faults == [])
        #expect(found.faults == [])
        #expect(found.losses(of: answers) == [])
        #expect(found.gaps == [])
        print(
            "\(crashes) kills, \(answers.count) answers, \(found.counts.count) events, \(found.duplicates) of them "
                + "found again, \(replayed) replayed out of rings")
        // Kills have met the daemon at work, and there was something to be lost.
        #expect(replayed > 0)
        #expect(answers.count > crashes / 2)
    }
}
