import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// What the daemon keeps when it is done: memory follows what is in flight, not what ever was.
@Suite(.serialized)
struct MemoryTests {
    /// Bytes of the daemon's memory that are resident.
    private static func resident(_ daemon: DaemonProcess) throws -> Int {
        try daemon.memory("VmRSS") << 10
    }

    /// Waits until the daemon holds less than `bytes`; what it holds at last.
    private static func settledResident(_ daemon: DaemonProcess, below bytes: Int) throws -> Int {
        let end = Date(timeIntervalSinceNow: 10)
        while true {
            let found = try resident(daemon)
            if found < bytes || Date.now > end { return found }
            usleep(20_000)
        }
    }

    private static func start(_ arguments: [String] = []) throws -> (DaemonProcess, ModelFolder) {
        let folder = try ModelFolder()
        try folder.addEcho("echo")
        try folder.addMean("mean")
        return (try DaemonProcess(models: folder.path, arguments: arguments), folder)
    }

    /// One row of so many bytes.
    private static func row(bytes: Int, rank: Int = 2) -> TensorValues {
        TensorValues(
            name: "x", type: .float32, shape: [1, Int64(bytes / 4), 1].prefix(rank).map(\.self),
            data: Array(repeating: 0x3F, count: bytes / 4 * 4))
    }

    @Test func answeredRequestsGiveTheirMemoryBack() throws {
        let (daemon, folder) = try Self.start()
        defer { withExtendedLifetime(folder) {} }
        let clients = try (0..<20).map { _ in try TestClient(path: daemon.socketPath) }
        let row = Self.row(bytes: 1 << 20, rank: 3)
        let before = try Self.resident(daemon)
        // Never more than one in flight.
        for _ in 0..<15 {
            for client in clients {
                try client.send(model: "mean") { $0.writeInfer([row], outputs: []) }
                #expect(try client.receive().error == nil)
            }
        }
        let grown = try Self.settledResident(daemon, below: before + 64 << 20) - before
        // All of them together were 300 MB.
        #expect(grown < 64 << 20, "\(grown >> 20) MB")
    }

    @Test func connectionKeepsNoLargeBufferForAByteOfTheNextFrame() throws {
        let (daemon, folder) = try Self.start()
        defer { withExtendedLifetime(folder) {} }
        var writer = RequestWriter()
        var head = RequestHead(id: 1)
        head.model = "missing"
        writer.begin(head)
        writer.writeInfer([Self.row(bytes: 7 << 20)], outputs: [])
        writer.end()
        let span = writer.bytes.span
        let frame = unsafe span.withUnsafeBytes { unsafe Array($0) }
        let before = try Self.resident(daemon)
        var clients: [TestClient] = []
        for _ in 0..<30 {
            let client = try TestClient(path: daemon.socketPath)
            // The frame's end and the next one's first byte come together.
            try client.socket.send(Array(frame.dropLast(10)))
            try client.socket.send(frame.suffix(10) + [0])
            #expect(try client.receive().error?.code == .notFound)
            clients.append(client)
        }
        // At once: a frame that is not whole in time ends its connection.
        let grown = try withExtendedLifetime(clients) { try Self.resident(daemon) - before }
        // 30 such frames are 210 MB.
        #expect(grown < 48 << 20, "\(grown >> 20) MB")
    }

    @Test func manyAtOnceLeaveNothingBehind() throws {
        let (daemon, folder) = try Self.start()
        defer { withExtendedLifetime(folder) {} }
        let row = Self.row(bytes: 4 << 20)
        let before = try Self.resident(daemon)
        let client = try TestClient(path: daemon.socketPath)
        // The thread writes and this one reads: they share the socket's two directions, nothing else.
        nonisolated(unsafe) let sender = client
        Thread.detachNewThread {
            for _ in 0..<40 {
                _ = unsafe try? sender.send(model: "echo", timeout: 60_000) { $0.writeInfer([row], outputs: []) }
            }
        }
        for _ in 0..<40 { #expect(try client.receive().error == nil) }
        // Small ones, between which the large ones lay.
        for _ in 0..<100 { _ = try client.repliesBeforePing() }
        let grown = try Self.settledResident(daemon, below: before + 64 << 20) - before
        #expect(grown < 64 << 20, "\(grown >> 20) MB")
    }

    @Test func unpackedFrameIsNotKept() throws {
        let directory = try TemporaryDirectory()
        try Data("frame_bytes: 268435456\n".utf8).write(to: URL(fileURLWithPath: directory.appending("c")))
        let (daemon, folder) = try Self.start(["--config", directory.appending("c")])
        defer { withExtendedLifetime(folder) {} }
        let client = try TestClient(path: daemon.socketPath)
        _ = try client.repliesBeforePing()
        let before = try Self.resident(daemon)
        let row = Self.row(bytes: 200 << 20)
        try client.send(model: "missing", compress: true) { $0.writeInfer([row], outputs: []) }
        #expect(try client.receive().error?.code == .notFound)
        _ = try client.repliesBeforePing()
        let grown = try Self.settledResident(daemon, below: before + 100 << 20) - before
        #expect(grown < 100 << 20, "\(grown >> 20) MB")
    }
}
