import InferdEngine
import InferdServer
import InferdTestSupport

/// A server whose engine waits at a gate in each run. The gate opens with the server's end, so that a
/// test that fails does not wait for itself.
final class GatedServer: Sendable {
    let gate = Gate()
    let engine: StubEngine
    private let server: TestServer

    init(workers: Int = 1, graceMilliseconds: Int = 10_000) throws {
        engine = StubEngine { [gate] () throws(EngineError) in gate.pass() }
        // While the model is prewarmed, nobody waits.
        gate.open()
        server = try TestServer(engine: engine, workers: workers, graceMilliseconds: graceMilliseconds)
        gate.close()
    }

    func connect() throws -> TestClient { try server.connect() }
    func accountsAtRest() throws -> (received: UInt64, settled: UInt64) { try server.accountsAtRest() }
    func requestStop() { server.server.requestStop() }

    /// Waits for the server's end.
    func stop() { server.stop() }

    deinit {
        gate.open()
    }
}
