import Foundation
import InferdBase
import InferdClient
import InferdTestSupport
import InferdWire
import Testing

/// How the daemon ends, as a process.
struct StopTests {
    /// A daemon with a model that runs for as long as it is asked to.
    private func start(graceMilliseconds: Int) throws -> DaemonProcess {
        let models = try ModelFolder()
        try models.addPlain("loop")
        let directory = try TemporaryDirectory()
        let config = directory.appending("config.yaml")
        // Nothing runs on the I/O thread, which is to answer while the model runs.
        try Data("inline_budget_us: 0\ndrain_grace_ms: \(graceMilliseconds)\n".utf8)
            .write(to: URL(fileURLWithPath: config))
        let daemon = try DaemonProcess(
            directory: directory, models: models.path, arguments: ["--workers", "1", "--config", config])
        daemon.belongings = [models]
        let ready = try daemon.waitUntilReady()
        #expect(ready.contains(/^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"info",/), "\(ready)")
        return daemon
    }

    /// Asks for a run of `steps` steps and waits until it has begun.
    private func beginRun(_ daemon: DaemonProcess, _ client: TestClient, id: UInt64, steps: Int64) throws {
        let count = (0..<8).map { UInt8(truncatingIfNeeded: steps >> (8 * $0)) }
        try client.send(id: id, model: "loop", timeout: 60_000) { writer in
            writer.writeInfer(
                [
                    TensorValues(name: "count", type: .int64, shape: [], data: count),
                    TensorValues(name: "start", type: .float32, shape: [1], data: [0, 0, 0, 0]),
                ], outputs: [])
        }
        let other = try TestClient(path: daemon.socketPath)
        let end = Date(timeIntervalSinceNow: 20)
        while Date.now < end {
            let stats = try other.stats()
            if stats.models.first?.requests ?? 0 > 0, stats.models.first?.queued == 0 { return }
        }
        Issue.record("the run does not begin")
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func whatIsInFlightIsFinishedAtASignal(signal: Int32) throws {
        let daemon = try start(graceMilliseconds: 60_000)
        let client = try TestClient(path: daemon.socketPath)
        try beginRun(daemon, client, id: 7, steps: 300_000)
        daemon.signal(signal)
        let goAway = try client.receive()
        #expect(goAway.id == 0)
        #expect(goAway.error?.code == .unavailable)
        let answer = try client.receive()
        #expect(answer.id == 7)
        guard case .infer(_, _, let outputs) = answer.body else {
            Issue.record("the run is not finished: \(answer)")
            return
        }
        #expect(outputs.first?.floats == [300_000])
        #expect(try client.socket.receiveFrame() == nil)
        #expect(daemon.waitForExit(seconds: 20) == 0)
        #expect(!FileManager.default.fileExists(atPath: daemon.socketPath))
        #expect(
            daemon.logLines.contains {
                $0.contains("\"stopping\"") && $0.contains(signal == SIGINT ? "SIGINT" : "SIGTERM")
            })
    }

    @Test func whatDoesNotFinishWithinTheGraceIsAnsweredAndEnded() throws {
        let daemon = try start(graceMilliseconds: 100)
        let client = try TestClient(path: daemon.socketPath)
        try beginRun(daemon, client, id: 7, steps: 1 << 60)
        daemon.signal(SIGTERM)
        #expect(try client.receive().id == 0)
        let answer = try client.receive()
        #expect(answer.id == 7)
        #expect(answer.error?.code == .unavailable)
        #expect(try client.socket.receiveFrame() == nil)
        // The run itself is ended, too, or the process would stay.
        #expect(daemon.waitForExit(seconds: 20) == 0)
    }

    @Test func aSecondSignalEndsTheGrace() throws {
        let daemon = try start(graceMilliseconds: 3_600_000)
        let client = try TestClient(path: daemon.socketPath)
        try beginRun(daemon, client, id: 7, steps: 1 << 60)
        daemon.signal(SIGTERM)
        #expect(try client.receive().id == 0)
        daemon.signal(SIGINT)
        let answer = try client.receive()
        #expect(answer.id == 7)
        #expect(answer.error?.code == .unavailable)
        #expect(daemon.waitForExit(seconds: 20) == 0)
    }

    @Test func aKilledDaemonLeavesClientsAClearError() throws {
        let daemon = try start(graceMilliseconds: 0)
        let address = try ServerAddress(parsing: "unix:\(daemon.socketPath)")
        let client = try Client(blockingTo: address)
        let raw = try TestClient(path: daemon.socketPath)
        #expect(try client.blocking.ping([1]) == [1])
        try beginRun(daemon, raw, id: 7, steps: 1 << 60)
        daemon.signal(SIGKILL)
        #expect(daemon.waitForExit(seconds: 20) == SIGKILL)
        #expect(try raw.socket.receiveFrame() == nil)
        let lost = #expect(throws: ClientError.self) { try client.blocking.ping() }
        guard case .connectionLost = lost else {
            Issue.record("not told as a lost connection: \(String(describing: lost))")
            return
        }
        let missing = #expect(throws: ClientError.self) { try Client(blockingTo: address) }
        #expect("\(String(describing: missing))".contains(daemon.socketPath))
    }

    @Test func descriptorsAreGivenBack() throws {
        let daemon = try start(graceMilliseconds: 0)
        let client = try TestClient(path: daemon.socketPath)
        #expect(try client.repliesBeforePing().isEmpty)
        let before = try daemon.openDescriptors()
        for round in 0..<300 {
            let other = try TestClient(path: daemon.socketPath)
            if round % 3 == 0 { try other.socket.send([0, 0, 0]) }
            if round % 3 == 1 { #expect(try other.repliesBeforePing().isEmpty) }
        }
        let end = Date(timeIntervalSinceNow: 20)
        while try client.stats().connectionsOpen > 1, Date.now < end {}
        #expect(try daemon.openDescriptors() == before)
    }
}
