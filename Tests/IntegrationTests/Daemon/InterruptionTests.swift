import Foundation
import InferdTestSupport
import Testing

/// The daemon's end when it cannot speak, or has not begun to serve.
struct InterruptionTests {
    @Test func daemonWhoseLogNobodyReadsStopsInOrder() throws {
        let folder = try ModelFolder()
        try folder.addEcho("echo")
        let directory = try TemporaryDirectory()
        let process = Process()
        process.executableURL = DaemonProcess.productDirectory.appendingPathComponent("inferd")
        process.arguments = [
            "--models", folder.path, "--listen", "unix:\(directory.appending("s"))", "--events", "off",
        ]
        var environment = ProcessInfo.processInfo.environment
        environment["INFERD_ONNXRUNTIME"] = OnnxRuntimeLocation.path
        process.environment = environment
        let pipe = Pipe()
        process.standardError = pipe
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        var log = ""
        while !log.contains("\"message\":\"ready\"") {
            let data = pipe.fileHandleForReading.availableData
            try #require(!data.isEmpty, "\(log)")
            log += String(decoding: data, as: UTF8.self)
        }
        // The collector goes away.
        try pipe.fileHandleForReading.close()
        try pipe.fileHandleForWriting.close()
        kill(process.processIdentifier, SIGTERM)
        try #require(ended.wait(timeout: .now() + 30) == .success)
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
        #expect(!FileManager.default.fileExists(atPath: directory.appending("s")))
    }

    @Test func daemonThatIsStillLoadingStopsAtOnce() throws {
        let folder = try ModelFolder()
        for number in 0..<150 {
            try folder.addBundle("auto", as: "model-\(number)")
        }
        let directory = try TemporaryDirectory()
        let daemon = try DaemonProcess(directory: directory, models: folder.path)
        try daemon.waitForLine(containing: "model loaded", seconds: 60)
        daemon.signal(SIGTERM)
        #expect(daemon.waitForExit(seconds: 60) == 0)
        #expect(!daemon.logLines.contains { $0.contains("\"message\":\"ready\"") })
        #expect(daemon.logLines.count { $0.contains("model loaded") } < 150)
        #expect(!FileManager.default.fileExists(atPath: daemon.socketPath))
    }
}
