import Foundation
import InferdBase
import InferdEngine
import InferdServer
import InferdTestSupport
import InferdWire
import Synchronization
import Testing

/// A server whose models give their rows back with the run's number in the second column, and what a test
/// directs them by: a gate that each run waits at, how long it takes, inputs that fail and that hang.
final class DirectedServer: Sendable {
    /// A row that begins with it fails the run.
    static let poison: Float = 666
    /// A run of a row that begins with it goes on until it is told to end.
    static let hang: Float = 777

    /// What the runs are told and have told; not the server's, so that these do not hold each other.
    final class Direction: Sendable {
        let gate = Gate()
        let delayMicroseconds = Atomic<UInt32>(0)
        let hangsLeft = Atomic(Int.max)
        /// The first value of each row, by run.
        let runs = Locked<[[Float]]>([])

        func compute(_ input: StubTensor) throws(EngineError) -> StubTensor {
            let firsts = DirectedServer.firsts(input)
            let number = runs.withLock { runs in
                runs.append(firsts)
                return runs.count
            }
            gate.pass()
            usleep(delayMicroseconds.load(ordering: .relaxed))
            if firsts.contains(DirectedServer.poison) { throw EngineError(.failed, "a poisonous row") }
            var values = input.floats
            for row in firsts.indices { values[row * 4 + 1] = Float(number) }
            return StubTensor(shape: input.shape, floats: values)
        }
    }

    let direction: Direction
    let engine: StubEngine
    let server: TestServer

    /// The gate is open; `close` it to have runs wait.
    /// - Parameters:
    ///   - rows: that share a run.
    ///   - delayMicroseconds: that a run takes, those of the prewarming included.
    init(
        workers: Int = 1, rows: Int = 1, models: [String] = ["stub"], delayMicroseconds: UInt32 = 0,
        log: LogBook = LogBook(), graceMilliseconds: Int = 10_000,
        configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        let direction = Direction()
        self.direction = direction
        var script = StubScript { inputs throws(EngineError) in [try direction.compute(inputs[0])] }
        script.hangs = { inputs in
            DirectedServer.firsts(inputs[0]).contains(DirectedServer.hang)
                && direction.hangsLeft.subtract(1, ordering: .relaxed).oldValue > 0
        }
        direction.gate.open()
        direction.delayMicroseconds.store(delayMicroseconds, ordering: .relaxed)
        engine = StubEngine(
            ModelSignature(
                inputs: [TensorSpecification(name: "x", type: .float32, shape: [-1, 4])],
                outputs: [TensorSpecification(name: "y", type: .float32, shape: [-1, 4])]), script)
        server = try TestServer(
            engine: engine, models: models, workers: workers, graceMilliseconds: graceMilliseconds, log: log,
            configure: { configuration in
                configuration.modelDefaults.maximumBatch = rows
                configure(&configuration)
            })
        forgetRuns()
    }

    /// Numbers of runs begin at 1 again.
    func forgetRuns() {
        direction.runs.withLock { $0 = [] }
    }

    deinit {
        gate.open()
    }

    private static func firsts(_ tensor: StubTensor) -> [Float] {
        let values = tensor.floats
        return (0..<tensor.rows).map { values[$0 * 4] }
    }

    var gate: Gate { direction.gate }
    /// The first value of each row, by run since the server started.
    var runs: [[Float]] { direction.runs.withLock { $0 } }
    /// All rows in the order they ran.
    var order: [Float] { runs.flatMap(\.self) }

    func connect() throws -> TestClient { try server.connect() }

    /// Has a worker wait in the run of a request of a client's own, so that others queue up.
    func occupy(_ value: Float = 0, workers: Int = 1) throws -> TestClient {
        let client = try connect()
        gate.close()
        for worker in 0..<workers { try client.ask(value + Float(worker) / 2, bypass: true) }
        #expect(gate.waitForArrivals(workers))
        return client
    }

    /// Waits until the counters are as wanted; false after 20 s.
    func waitForStats(_ isReached: (StatsValues) -> Bool) throws -> Bool {
        try server.waitForStats(connect(), isReached)
    }

    /// Waits until `count` requests are in the queues.
    func waitForQueue(_ count: UInt32) throws {
        #expect(try waitForStats { $0.models.reduce(0) { $0 + $1.queued } == count })
    }

    /// Every frame received is settled at rest: answered, or given up with its connection.
    func expectSettled(_ place: SourceLocation = #_sourceLocation) throws {
        let accounts = try server.accountsAtRest()
        #expect(accounts.received == accounts.settled, sourceLocation: place)
    }
}

extension TestClient {
    /// Asks for the row [`value`, 0, 0, 0], with a timeout that no slow machine reaches unless given.
    @discardableResult
    func ask(
        _ value: Float, id: UInt64? = nil, model: String = "stub", version: UInt64 = 0, timeout: UInt32 = 60_000,
        receipt: Bool = false, bypass: Bool = false, refresh: Bool = false, maximumAge: UInt32 = 0,
        isBatch: Bool = false
    ) throws -> UInt64 {
        try send(
            id: id, model: model, version: version, timeout: timeout, receipt: receipt, bypass: bypass,
            refresh: refresh, maximumAge: maximumAge, isBatch: isBatch
        ) { $0.writeInfer([TensorValues([value, 0, 0, 0])], outputs: []) }
    }

    /// The next replies, by id.
    func receive(_ count: Int) throws -> [UInt64: DecodedReply] {
        var replies: [UInt64: DecodedReply] = [:]
        for _ in 0..<count {
            let reply = try receive()
            replies[reply.id] = reply
        }
        return replies
    }
}

extension DecodedReply {
    /// The first row of an `infer` answer.
    var row: [Float]? {
        guard case .infer(_, _, let outputs) = body else { return nil }
        return outputs.first.map { Array($0.floats.prefix(4)) }
    }

    /// The run that an answer of a `DirectedServer` is from.
    var run: Int? { row.map { Int($0[1]) } }
}
