import InferdBase
import InferdEngine
import InferdTestSupport
import InferdWire
import Testing

/// Which requests the I/O thread runs itself.
struct InlineTests {
    /// The thread that ran a request of so many rows: 0 is the I/O thread.
    private func thread(of client: TestClient, rows: Int) throws -> UInt32? {
        let tensor = TensorValues(
            name: "x", type: .float32, shape: [Int64(rows), 4], data: [UInt8](repeating: 0, count: rows * 16))
        try client.send(model: "stub", receipt: true, bypass: true) { $0.writeInfer([tensor], outputs: []) }
        return try client.receive().receipt?.worker
    }

    @Test func aCheapModelRunsAtOnceButNotForManyRows() throws {
        let engine = StubEngine { () throws(EngineError) in
            let until = MonotonicTime.now().nanoseconds + 20_000
            while MonotonicTime.now().nanoseconds < until {}
        }
        let server = try TestServer(engine: engine, inlineBudget: 10_000)
        let client = try server.connect()
        // What else the thread has to do at that moment may send one to a worker.
        #expect(try (0..<100).contains { _ in try thread(of: client, rows: 1) == 0 })
        for _ in 0..<10 { #expect(try thread(of: client, rows: 20_000) != 0) }
    }

    @Test func nothingRunsAtOnceWithoutABudget() throws {
        let server = try TestServer(inlineBudget: 0)
        let client = try server.connect()
        for _ in 0..<20 { #expect(try thread(of: client, rows: 1) != 0) }
    }
}
