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
            let workers = Int.random(in: 1...Self.greatestWorkers, using: &generator)
            let daemon = try scene.start(workers: workers)
            if Int.random(in: 0..<5, using: &generator) == 0 {
                // While it starts, too, which is when it looks through what is left.
                usleep(UInt32.random(in: 0..<200_000, using: &generator))
            } else {
                try daemon.waitUntilReady()
                try load.waitForAnswers(1)
                usleep(UInt32.random(in: 0..<250_000, using: &generator))
            }
            daemon.signal(SIGKILL)
            try #require(daemon.waitForExit(seconds: 20) == SIGKILL)
            replayed += try expectNoDamage(daemon)
        }
        try expectRest(scene, load)
        let found = try FoundEvents(spool: scene.folder.spool)
        let answers = load.answers
        #expect(load.faults == [])
        #expect(found.faults == [])
        #expect(found.losses(of: answers) == [])
        #expect(found.gaps == [])
        print(
            "\(Self.crashes) kills, \(answers.count) answers, \(found.counts.count) events, \(found.duplicates) of "
                + "them found again, \(replayed) replayed out of rings")
        // Kills have met the daemon at work, and there was something to be lost.
        #expect(replayed > 0)
        #expect(answers.count > Self.crashes / 2)
    }

    /// A daemon finds no ring damaged; how many events it has found in them.
    private func expectNoDamage(_ daemon: DaemonProcess) throws -> Int {
        let lines = daemon.logLines
        #expect(lines.filter { $0.contains("\"level\":\"error\"") || $0.contains("\"level\":\"warning\"") } == [])
        guard let line = lines.first(where: { $0.contains("events of an earlier life") }) else { return 0 }
        let told = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(told?["damaged"] as? Int == 0, "\(line)")
        #expect(told?["unreadable_bytes"] as? Int == 0, "\(line)")
        return told?["replayed"] as? Int ?? 0
    }

    /// A last daemon that is left in peace moves everything into the spool, and its account is true.
    private func expectRest(_ scene: EventScene, _ load: EventLoad) throws {
        let daemon = try scene.start(workers: 1)
        try daemon.waitUntilReady()
        try load.waitForAnswers(1)
        load.finish()
        _ = try expectNoDamage(daemon)
        let events = try scene.wait { $0.lagRecords == 0 && $0.isBalanced }
        #expect(events.damaged == 0 && events.deleted == 0 && events.droppedRingFull == 0)
        daemon.signal(SIGTERM)
        #expect(daemon.waitForExit(seconds: 20) == 0)
        // The others' rings are gone, however many there were.
        let rings = try FileManager.default.contentsOfDirectory(atPath: scene.folder.rings)
        #expect(rings.filter { $0.hasSuffix(".ring") }.count <= 2, "\(rings)")
    }
}
