package import Foundation
import InferdBase

/// The real daemon in a process of its own, with its log. It is killed by its pid when the value goes.
package final class DaemonProcess: @unchecked Sendable {
    package struct StartFailure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Daemons that run and the folders that are theirs. A value that a global holds is never destroyed: the
    /// end of this process takes what is left.
    private static let running = Locked<[Int32: String]>([:])
    private static let endsWithUs: Void = {
        atexit {
            DaemonProcess.running.withLock { left in
                for (process, folder) in left {
                    kill(process, SIGKILL)
                    try? FileManager.default.removeItem(atPath: folder)
                }
            }
        }
    }()

    private let process = Process()
    private let log = Locked<[String]>([])
    private let ended = DispatchSemaphore(value: 0)
    package let directory: TemporaryDirectory
    /// What must not go before the daemon does, such as the folder of its models, which it watches.
    package var belongings: [any Sendable] = []

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
        try waitUntilReady()
    }

    /// Starts the daemon without waiting for it.
    package convenience init(directory: TemporaryDirectory, models: String, arguments: [String] = []) throws {
        try self.init(
            directory: directory,
            flags: ["--models", models, "--listen", "unix:\(directory.appending("s"))"] + arguments)
    }

    /// Starts the daemon with these flags only, without waiting for it.
    /// - Parameters:
    ///   - environment: beside what this process has; without `INFERD_EVENTS` events go to the folder `events` of
    ///     `directory`.
    ///   - launcher: a program with its arguments that becomes the daemon.
    package init(
        directory: TemporaryDirectory, flags: [String], environment: [String: String] = [:], launcher: [String] = []
    ) throws {
        self.directory = directory
        let command = launcher + [Self.productDirectory.appendingPathComponent("inferd").path] + flags
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        var variables = ProcessInfo.processInfo.environment
        variables["INFERD_ONNXRUNTIME"] = OnnxRuntimeLocation.path
        variables["INFERD_EVENTS"] = directory.appending("events")
        process.environment = variables.merging(environment) { _, given in given }
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        process.terminationHandler = { [ended] process in
            Self.running.withLock { $0[process.processIdentifier] = nil }
            ended.signal()
        }
        _ = Self.endsWithUs
        // Held, so that a daemon that ends at once is not entered after its end.
        try Self.running.withLock { running in
            try process.run()
            running[process.processIdentifier] = directory.path
        }
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

    /// Waits until the daemon says that it is ready; the line that says so.
    @discardableResult
    package func waitUntilReady() throws -> String {
        try waitForLine(containing: "\"message\":\"ready\"", seconds: 60)
    }

    /// A line of the process's status as the system tells it, for example `VmRSS`, in KiB.
    package func memory(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        return line.flatMap { Int($0.split(whereSeparator: { " \t".contains($0) })[1]) } ?? 0
    }

    /// Descriptors the process has open.
    package func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(processIdentifier)/fd").count
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
