import Foundation
import InferdBase
import InferdEngine
import InferdServer
import InferdTestSupport
import InferdWire
import Logging
import Synchronization

/// A daemon in this process whose models are stubs, on a Unix socket of its own.
final class TestServer: Sendable {
    let directory: TemporaryDirectory
    let server: Server
    private let isStopped = Atomic(false)

    var path: String { directory.appending("s") }

    /// - Parameters:
    ///   - models: names of plain models, each of version 1.
    ///   - inlineBudget: 0 leaves every request to the workers.
    ///   - prepare: gets the repository's folder before the server starts.
    ///   - configure: changes what is not given here.
    init(
        engine: StubEngine = StubEngine(), models: [String] = ["stub"], workers: Int = 2, inlineBudget: Int = 0,
        graceMilliseconds: Int = 10_000, frameBytes: Int = Limits.defaultFrameBytes, log: LogBook = LogBook(),
        prepare: (URL) throws -> Void = { _ in }, configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        let folder = URL(fileURLWithPath: directory.appending("models"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for model in models { try Self.addPlain(model, 1, in: folder) }
        try prepare(folder)
        var configuration = ServerConfiguration(
            modelsPath: folder.path,
            listen: [.unix(path: directory.appending("s")), .tcp(host: "127.0.0.1", port: 0)],
            workers: .fixed(workers), frameBytes: frameBytes, inlineBudgetMicroseconds: inlineBudget,
            drainGraceMilliseconds: graceMilliseconds)
        configure(&configuration)
        server = try Server(
            configuration, logger: Logger(label: "test") { _ in LogBook.Handler(book: log) }, engine: engine)
    }

    /// Makes a version of a plain model, of `bytes` bytes, or replaces it.
    static func addPlain(_ model: String, _ version: Int, bytes: Int = 1, in folder: URL) throws {
        let version = folder.appendingPathComponent("\(model)/\(version)")
        try FileManager.default.createDirectory(at: version, withIntermediateDirectories: true)
        try Data(count: bytes).write(to: version.appendingPathComponent("model.onnx"), options: .atomic)
    }

    func addPlain(_ model: String, _ version: Int, bytes: Int = 1) throws {
        try Self.addPlain(model, version, bytes: bytes, in: URL(fileURLWithPath: directory.appending("models")))
    }

    /// Removes a version, or a whole model.
    func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: directory.appending("models/\(path)"))
    }

    func connect() throws -> TestClient {
        try TestClient(path: path)
    }

    /// Connects to the port of 127.0.0.1 that the system gave.
    func connectByTCP() throws -> TestClient {
        for case .tcp(_, let port) in server.endpoints { return try TestClient(port: port) }
        throw FrameSocket.Failure(description: "the server does not listen on TCP")
    }

    /// Stops the server and waits for its end; more than once does no harm.
    func stop() {
        if isStopped.exchange(true, ordering: .relaxed) { return }
        server.requestStop()
        server.waitUntilStopped()
    }

    deinit {
        stop()
    }

    /// Asks `client`'s connection for the counters until they are as wanted; false after 20 s.
    func waitForStats(_ client: TestClient, _ isReached: (StatsValues) -> Bool) throws -> Bool {
        let end = Date(timeIntervalSinceNow: 20)
        while Date.now < end {
            if isReached(try client.stats()) { return true }
        }
        return false
    }

    /// Waits until every frame received is settled: answered, or given up with its connection. The two
    /// numbers as they were at last.
    func accountsAtRest() throws -> (received: UInt64, settled: UInt64) {
        let client = try connect()
        let end = Date(timeIntervalSinceNow: 20)
        while true {
            let stats = try client.stats()
            // The request for the numbers is received and not answered yet.
            let received = stats.framesReceived - 1
            let settled = stats.replies.reduce(0) { $0 + $1.count } + stats.framesAbandoned
            if received == settled || Date.now > end { return (received, settled) }
        }
    }
}
