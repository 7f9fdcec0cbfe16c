import Foundation
import InferdBase
import InferdJournal
import InferdTestSupport
import InferdWire
import Testing

/// The folder of events lies on a disk that fills up and has room again.
///
/// The disk is a small tmpfs that only the daemon sees, in a mount namespace of its own; where that is not
/// permitted, the tests are skipped.
struct DiskFullTests {
    /// Two rings of 4 MiB, and more than the spool takes of its own accord in these tests.
    private static let diskBytes = 64 << 20
    /// A ring is full after some two hundred of such histories.
    private static let historyPoints = 2_000

    /// Whether this process may mount.
    private static let isPermitted: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        if probe.terminationStatus != 0 { print("mounting a tmpfs is not permitted: the disk is not filled up") }
        return probe.terminationStatus == 0
    }()

    /// A daemon whose events lie on such a disk.
    private final class Disk {
        let scene: EventScene
        let daemon: DaemonProcess
        private let ballast: URL

        init(whenFull: String) throws {
            scene = try EventScene(events: [
                "ring_bytes: 4194304", "include_inputs: true", "on_full: \(whenFull)",
            ])
            let folder = scene.folder.path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let mount = "mount -t tmpfs -o size=\(DiskFullTests.diskBytes) tmpfs '\(folder)' && exec \"$@\""
            daemon = try scene.start(
                workers: 1,
                launcher: ["/usr/bin/env", "unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh"])
            try daemon.waitUntilReady()
            // The daemon's view of the folder.
            ballast = URL(fileURLWithPath: "/proc/\(daemon.processIdentifier)/root\(folder)")
                .appendingPathComponent("ballast")
        }

        var spool: String {
            ballast.deletingLastPathComponent().appendingPathComponent("spool").path
        }

        /// Takes all the room there is.
        func fill() throws {
            try Data().write(to: ballast)
            let file = try FileHandle(forWritingTo: ballast)
            var size = 1 << 20
            while size > 0 {
                // What a call cannot write as a whole is tried by halves.
                if (try? file.write(contentsOf: Data(count: size))) == nil { size /= 2 }
            }
        }

        func makeRoom() throws {
            try FileManager.default.removeItem(at: ballast)
        }
    }

    private func start(whenFull: String, tolerated: Set<StatusCode> = []) throws -> (Disk, EventLoad) {
        let disk = try Disk(whenFull: whenFull)
        let load = EventLoad(
            disk.scene, pauseMicroseconds: 1_000, historyPoints: Self.historyPoints, tolerated: tolerated)
        try disk.scene.wait { $0.spooled > 0 }
        try disk.fill()
        return (disk, load)
    }

    /// There is room again: trouble ends, what was kept gets into the spool, and new events do, too.
    private func expectRecovery(_ disk: Disk, _ load: EventLoad) throws -> (StatsValues.Events, FoundEvents) {
        let before = try disk.scene.stats()
        #expect(!before.trouble.isEmpty)
        try disk.makeRoom()
        try disk.scene.wait { $0.spooled > before.spooled && $0.trouble.isEmpty }
        load.finish()
        #expect(load.faults == [])
        let events = try disk.scene.wait { $0.lagRecords == 0 && $0.isBalanced }
        #expect(events.droppedTooLarge == 0 && events.damaged == 0)
        let found = try FoundEvents(spool: disk.spool)
        #expect(found.faults == [])
        #expect(found.gaps == [])
        #expect(found.duplicates == 0)
        #expect(found.counts.count + Int(events.deleted) == Int(events.committed))
        return (events, found)
    }

    @Test(.enabled(if: isPermitted)) func withDropForecastsGoOnAndWhatIsNotRecordedIsCounted() throws {
        let (disk, load) = try start(whenFull: "drop")
        defer { load.finish() }
        let full = try disk.scene.wait(seconds: 60) { $0.droppedRingFull > 0 }
        #expect(full.rejected == 0)
        try load.waitForAnswers(20)
        let (events, found) = try expectRecovery(disk, load)
        #expect(events.committed + events.droppedRingFull == UInt64(load.answerCount))
        #expect(found.losses(of: load.answers).count == Int(events.droppedRingFull + events.deleted))
    }

    @Test(.enabled(if: isPermitted)) func withRejectForecastsAreRefusedUntilThereIsRoom() throws {
        let (disk, load) = try start(whenFull: "reject", tolerated: [.resourceExhausted])
        defer { load.finish() }
        try load.wait("refusals", seconds: 60) { $0.refusals(.resourceExhausted) > 0 }
        let (events, found) = try expectRecovery(disk, load)
        #expect(events.droppedRingFull == 0)
        #expect(events.rejected == UInt64(load.refusals(.resourceExhausted)))
        #expect(events.committed == UInt64(load.answerCount))
        #expect(found.losses(of: load.answers).count == Int(events.deleted))
    }
}
