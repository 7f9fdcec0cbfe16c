import Foundation
import InferdTestSupport
import Testing

/// Where the daemon listens, and where it does not.
struct ListenerTests {
    private let directory: TemporaryDirectory
    private let models: ModelFolder

    init() throws {
        directory = try TemporaryDirectory()
        models = try ModelFolder()
    }

    private var socketPath: String { directory.appending("s") }

    private func start(_ addresses: [String], _ more: [String] = [], launcher: [String] = []) throws -> DaemonProcess {
        try DaemonProcess(
            directory: directory, flags: ["--models", models.path] + addresses.flatMap { ["--listen", $0] } + more,
            launcher: launcher)
    }

    /// The daemon must not start; what it says.
    private func refusal(_ addresses: [String]) throws -> String {
        let daemon = try start(addresses, ["--events", "off"])
        let line = try daemon.waitForLine(containing: "cannot start", seconds: 60)
        #expect(daemon.waitForExit(seconds: 20) == 1)
        return line
    }

    private func fileType(_ path: String) -> FileAttributeType? {
        try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    }

    /// A Unix socket bound to `path`, which the caller closes.
    private func bindSocket(_ path: String, listening: Bool) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let result = unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, !listening || listen(descriptor, 4) == 0 else {
            throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
        return descriptor
    }

    @Test func severalListenersServeAtOnce() throws {
        let daemon = try start(["unix:\(socketPath)", "unix:\(directory.appending("t"))", "tcp:127.0.0.1:0"])
        let ready = try daemon.waitUntilReady()
        let port = try #require(ready.firstMatch(of: /tcp:127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) })
        #expect(port > 0)
        #expect(try TestClient(path: socketPath).repliesBeforePing().isEmpty)
        #expect(try TestClient(path: directory.appending("t")).repliesBeforePing().isEmpty)
        #expect(try TestClient(port: port).repliesBeforePing().isEmpty)
    }

    @Test func aSocketIsForItsOwnerAndGroup() throws {
        let daemon = try start(["unix:\(socketPath)"])
        try daemon.waitUntilReady()
        let mode = try FileManager.default.attributesOfItem(atPath: socketPath)[.posixPermissions] as? Int
        #expect(mode == 0o660)
    }

    @Test func aSocketFileNobodyListensOnIsReplaced() throws {
        close(try bindSocket(socketPath, listening: true))
        #expect(fileType(socketPath) == .typeSocket)
        let daemon = try start(["unix:\(socketPath)"])
        try daemon.waitUntilReady()
        #expect(try TestClient(path: socketPath).repliesBeforePing().isEmpty)
    }

    @Test func aSocketSomebodyListensOnIsLeftAlone() throws {
        let other = try bindSocket(socketPath, listening: true)
        defer { close(other) }
        #expect(try refusal(["unix:\(socketPath)"]).contains("another process listens"))
        // Still there, and still the other's: what connects waits there.
        let client = try FrameSocket(path: socketPath)
        // The daemon's own attempt may stand before it.
        var accepted: [Int32] = []
        for _ in 0..<2 { accepted.append(accept(other, nil, nil)) }
        #expect(accepted.allSatisfy { $0 >= 0 })
        for descriptor in accepted { close(descriptor) }
        #expect(try client.receiveFrame() == nil)
    }

    @Test func twoDaemonsDoNotShareASocket() throws {
        let first = try start(["unix:\(socketPath)"])
        try first.waitUntilReady()
        #expect(try refusal(["unix:\(socketPath)"]).contains("another process listens"))
        #expect(try TestClient(path: socketPath).repliesBeforePing().isEmpty)
    }

    @Test func aFileThatIsNoSocketIsNotRemoved() throws {
        try Data("precious".utf8).write(to: URL(fileURLWithPath: socketPath))
        #expect(try refusal(["unix:\(socketPath)"]).contains("no socket"))
        #expect(try String(contentsOfFile: socketPath, encoding: .utf8) == "precious")
    }

    @Test func aListenerThatFailsTakesTheOthersWithIt() throws {
        let line = try refusal(["unix:\(socketPath)", "unix:/nonexistent/s"])
        #expect(line.contains("unix:/nonexistent/s"))
        #expect(fileType(socketPath) == nil)
    }

    @Test func addressesOthersCanReachNeedAnOverride() throws {
        #expect(try refusal(["tcp:0.0.0.0:0"]).contains("allow_remote"))
        #expect(try refusal(["tcp:[::]:0"]).contains("allow_remote"))
        let config = directory.appending("config.yaml")
        try Data("allow_remote: true".utf8).write(to: URL(fileURLWithPath: config))
        let daemon = try start(["tcp:0.0.0.0:0"], ["--config", config])
        try daemon.waitUntilReady()
    }

    @Test func theDescriptorLimitIsRaisedForAllConnections() throws {
        let daemon = try start(
            ["unix:\(socketPath)"], launcher: ["/bin/sh", "-c", "ulimit -Sn 64; exec \"$@\"", "sh"])
        try daemon.waitUntilReady()
        let clients = try (0..<200).map { _ in try TestClient(path: socketPath) }
        for client in clients { #expect(try client.repliesBeforePing().isEmpty) }
    }
}
