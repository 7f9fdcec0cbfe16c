import Foundation
import InferdBase
import InferdJournal
import InferdTestSupport
import InferdWire
import Testing

/// One daemon's folder of events, and who else looks at it.
struct EventFolderTests {
    /// `inferd-cli`, run to its end.
    private struct Command {
        let status: Int32
        let output: String
        let errors: String

        init(_ arguments: [String]) throws {
            let process = Process()
            process.executableURL = DaemonProcess.productDirectory.appendingPathComponent("inferd-cli")
            process.arguments = arguments
            let (output, errors) = (Pipe(), Pipe())
            process.standardOutput = output
            process.standardError = errors
            try process.run()
            self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            // A pipe's buffer holds what it says of failures.
            self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            status = process.terminationStatus
        }
    }

    @Test func aDaemonThatIsAskedToStopUnderLoadLosesNothing() throws {
        let scene = try EventScene()
        let daemon = try scene.start()
        try daemon.waitUntilReady()
        let load = EventLoad(scene, tolerated: [.unavailable])
        defer { load.finish() }
        try load.waitForAnswers(100)
        daemon.signal(SIGTERM)
        #expect(daemon.waitForExit(seconds: 20) == 0)
        load.finish()
        let found = try FoundEvents(spool: scene.folder.spool)
        #expect(load.faults == [])
        #expect(found.faults == [])
        #expect(found.losses(of: load.answers) == [])
        #expect(found.gaps == [])
        #expect(found.duplicates == 0)
    }

    @Test func aSecondDaemonIsRefusedTheFolder() throws {
        let scene = try EventScene()
        let daemon = try scene.start()
        try daemon.waitUntilReady()
        let load = EventLoad(scene)
        defer { load.finish() }
        let second = try scene.start(listen: scene.directory.appending("other"))
        let line = try second.waitForLine(containing: "cannot start", seconds: 20)
        #expect(second.waitForExit(seconds: 20) == 1)
        #expect(line.contains("\(scene.folder.path): the ring directory is in use by another process"), "\(line)")
        // The first has not noticed.
        try load.waitForAnswers(50)
        load.finish()
        try scene.wait { $0.lagRecords == 0 && $0.isBalanced }
        let found = try FoundEvents(spool: scene.folder.spool)
        #expect(load.faults == [] && found.faults == [])
        #expect(found.losses(of: load.answers) == [])
    }

    @Test func theFolderIsReadWhileTheDaemonWrites() throws {
        let scene = try EventScene()
        let daemon = try scene.start()
        try daemon.waitUntilReady()
        let load = EventLoad(scene)
        defer { load.finish() }
        var shown = 0
        for _ in 0..<5 {
            let spooled = try scene.wait { Int($0.spooled) > shown }.spooled
            let verified = try Command(["events", "verify", scene.folder.path])
            #expect(verified.status == 0, "\(verified)")
            #expect(verified.output.hasSuffix("intact\n"))
            let listed = try Command(["events", "--dir", scene.folder.path, "--format", "json"])
            #expect(listed.status == 0)
            #expect(listed.errors.isEmpty, "\(listed.errors)")
            shown = listed.output.count { $0 == "\n" }
            #expect(shown >= Int(spooled))
        }
        load.finish()
        #expect(load.faults == [])
        try scene.wait { $0.lagRecords == 0 }
        let (series, forecast) = try #require(load.answers.first)
        let one = try Command(["events", "--dir", scene.folder.path, "--series", series, "--format", "json"])
        let event = try JSONDecoder().decode(JSONEvent.self, from: Data(one.output.utf8))
        #expect(event.series_id == series)
        #expect(event.values == forecast.values)
    }
}
