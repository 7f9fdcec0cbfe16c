package import Foundation
import Synchronization

/// The real daemon in a process of its own, with its log. It is killed by its pid when the value goes.
package final class DaemonProcess: @unchecked Sendable {
    package struct StartFailure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Those that have not ended yet.
    private static let running = Mutex<Set<Int32>>([])
    /// A value that a `static let` holds is never released: its daemon is killed when the tests exit.
    private static let killAtExit: Void = {
        atexit {
            DaemonProcess.running.withLock { running in
                for process in running { kill(process, SIGKILL) }
            }
        }
    }()

    private let process = Process()
    private let log = Mutex<[String]>([])
    private let ended = DispatchSemaphore(value: 0)
    package let directory: TemporaryDirectory

    /// Folder of the built executables: that of the test bundle itself.
    package static var productDirectory: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// The source tree's root.
    package static var sourceRoot: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// Path of the Unix socket the daemon listens on.
    package var socketPath: String { directory.appending("s") }

    /// Starts the daemon and waits until it says that it is ready.
    /// - Parameters:
    ///   - models: folder of the model repository.
    ///   - arguments: flags beyond `--models` and `--listen unix:…`.
    package convenience init(models: String, arguments: [String] = []) throws {
        try self.init(directory: TemporaryDirectory(), models: models, arguments: arguments)
        try waitForLine(containing: "\"ready\"", seconds: 60)
    }

    /// Starts the daemon without waiting for it.
    package init(directory: TemporaryDirectory, models: String, arguments: [String] = []) throws {
        self.directory = directory
        process.executableURL = Self.productDirectory.appendingPathComponent("inferd")
        process.arguments = ["--models", models, "--listen", "unix:\(directory.appending("s"))"] + arguments
        var environment = ProcessInfo.processInfo.environment
        environment["INFERD_ONNXRUNTIME"] = OnnxRuntimeLocation.path
        process.environment = environment
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        process.terminationHandler = { [ended] process in
            _ = Self.running.withLock { $0.remove(process.processIdentifier) }
            ended.signal()
        }
        try Self.running.withLock { running in
            // Within the lock: the handler of a daemon that ends at once waits until it is listed.
            try process.run()
            running.insert(process.processIdentifier)
        }
        Self.killAtExit
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread { [weak self] in
            var rest = Data()
            while case let data = reading.availableData, !data.isEmpty {
                rest.append(data)
                while let end = rest.firstIndex(of: 0x0A) {
                    let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                    rest.removeSubrange(rest.startIndex...end)
                    self?.log.withLock { $0.append(line) }
                }
            }
        }
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
        }
    }

    package var processIdentifier: Int32 { process.processIdentifier }
    package var logLines: [String] { log.withLock { $0 } }

    /// Waits until a log line holds `text`.
    @discardableResult
    package func waitForLine(containing text: String, seconds: Double) throws -> String {
        let end = Date(timeIntervalSinceNow: seconds)
        while Date.now < end {
            if let line = logLines.first(where: { $0.contains(text) }) { return line }
            if !process.isRunning, logLines.first(where: { $0.contains(text) }) == nil { break }
            usleep(2_000)
        }
        throw StartFailure(
            description: "no line with '\(text)' from the daemon; it said: \(logLines.joined(separator: "\n"))")
    }

    package func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Waits for the daemon's end; its exit status, or nil after `seconds`.
    package func waitForExit(seconds: Double) -> Int32? {
        guard ended.wait(timeout: .now() + seconds) == .success else { return nil }
        ended.signal()
        return process.terminationStatus
    }
}
