import Foundation

/// tansu, a broker that is one, in a process of its own with everything in memory. It is killed when the value
/// goes.
///
/// `make setup` brings it, and the librdkafka that whoever talks to it needs.
package final class RealBroker: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let folder = DaemonProcess.sourceRoot.appendingPathComponent(".setup/kafka")

    /// For programs that talk to the broker.
    package static var environment: [String: String] {
        ProcessInfo.processInfo.environment.merging(["LD_LIBRARY_PATH": folder.path]) { $1 }
    }

    /// `host:port` to reach it at.
    package let address: String
    private let process = Process()

    package init() throws {
        let port = try Self.freePort()
        address = "127.0.0.1:\(port)"
        process.executableURL = Self.folder.appendingPathComponent("tansu")
        process.arguments = [
            "broker", "--listener-url", "tcp://\(address)", "--advertised-listener-url", "tcp://\(address)",
            "--storage-engine", "memory://tansu/",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let lines = LineReader(output.fileHandleForReading)
        while try !lines.next().hasPrefix("ready") {}
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
    }

    package func makeTopic(_ name: String) throws {
        _ = try Self.run(
            Self.folder.appendingPathComponent("tansu").path,
            ["topic", "create", "--broker", "tcp://\(address)", "--partitions", "1", name])
    }

    /// Runs a program that talks to the broker; its output.
    package static func run(_ program: String, _ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        let (given, output) = (Pipe(), Pipe())
        process.standardInput = given
        process.standardOutput = output
        try process.run()
        try given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try given.fileHandleForWriting.close()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(program) ended with \(process.terminationStatus)")
        }
        return text
    }

    /// A port that nobody has, from the system's own range; the broker cannot tell which it would get.
    private static func freePort() throws -> UInt16 {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(probe, generic, length) == 0 && getsockname(probe, generic, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return UInt16(bigEndian: name.sin_port)
    }
}
