import Foundation
import InferdBase
import InferdEngine
import InferdServer
import InferdTestSupport
import InferdWire
import Synchronization

/// A server with one autoregressive model, `forecast`, of a stub that gives the window's last load plus 1
/// for each step, once a gate lets its run go on. It may have quantiles, too.
final class ForecastServer: Sendable {
    static let window = 4

    let gate = Gate()
    let server: TestServer
    private let counter: Counter

    private final class Counter: Sendable {
        let runs = Atomic(0)
    }

    /// - Parameters:
    ///   - timeToLive: as the bundle says it; nil: it says nothing.
    ///   - spread: by which the quantiles 0.1 and 0.9 lie apart from the median; nil: there are none.
    init(
        timeToLive: String? = nil, spread: Float? = nil, configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        let counter = Counter()
        self.counter = counter
        let script = StubScript { [gate] inputs throws(EngineError) in
            counter.runs.add(1, ordering: .relaxed)
            gate.pass()
            let values = inputs[0].floats
            let last = (0..<inputs[0].rows).map { values[($0 + 1) * Self.window - 1] + 1 }
            guard let spread else { return [StubTensor(shape: [Int64(last.count), 1], floats: last)] }
            return [
                StubTensor(shape: [Int64(last.count), 1, 3], floats: last.flatMap { [$0 - spread, $0, $0 + spread] })
            ]
        }
        let engine = StubEngine(
            ModelSignature(
                inputs: [TensorSpecification(name: "window", type: .float32, shape: [-1, Int64(Self.window), 1])],
                outputs: [
                    TensorSpecification(
                        name: "forecast", type: .float32, shape: spread == nil ? [-1, 1] : [-1, 1, 3])
                ]), script)
        gate.open()
        server = try TestServer(
            engine: engine, models: [], workers: 1, prepare: { try Self.addBundle(timeToLive, spread, in: $0) },
            configure: configure)
        counter.runs.store(0, ordering: .relaxed)
    }

    deinit {
        gate.open()
    }

    private static func addBundle(_ timeToLive: String?, _ spread: Float?, in repository: URL) throws {
        let version = repository.appendingPathComponent("forecast/1")
        try FileManager.default.createDirectory(at: version, withIntermediateDirectories: true)
        let description = """
            format: 1
            task: forecast
            step: 1h
            time_zone: UTC
            window: \(window)
            horizon: {default: 6, maximum: 24}
            features:
            - channel: load
              scaler: {kind: none}
            decode: {mode: autoregressive, chunk: 1}
            tensors: {window: window, output: forecast}
            max_batch: 4
            season: 2
            \(timeToLive.map { "ttl: \($0)\n" } ?? "")\(spread == nil ? "" : "quantiles: [0.1, 0.5, 0.9]\n")
            """
        let output = spread.map { "[1, 1, 3], \"data\": [\(4 - $0), 4, \(4 + $0)]" } ?? "[1, 1], \"data\": [4]"
        let golden = """
            {"format": 1, "cases": [{"name": "one", "kind": "tensors", "tolerance": 0,
              "inputs": [{"name": "window", "type": "float32", "shape": [1, 4, 1], "data": [0, 1, 2, 3]}],
              "outputs": [{"name": "forecast", "type": "float32", "shape": \(output)}]}]}
            """
        try Data(description.utf8).write(to: version.appendingPathComponent("model.yaml"))
        try Data(golden.utf8).write(to: version.appendingPathComponent("golden.json"))
        try Data([0]).write(to: version.appendingPathComponent("model.onnx"))
        try ModelFolder.sign(version)
    }

    /// Runs since the server started.
    var runs: Int { counter.runs.load(ordering: .relaxed) }

    func connect() throws -> TestClient { try server.connect() }
}

extension TestClient {
    /// Asks for a forecast of the hourly series 1, 2, 3, 4, which begins at `start` microseconds.
    @discardableResult
    func forecast(
        id: UInt64? = nil, horizon: UInt32 = 6, start: Int64 = 0, timeout: UInt32 = 60_000, bypass: Bool = false
    ) throws -> UInt64 {
        var values = PredictValues()
        values.regular = PredictValues.RegularTime(start: start, step: "1h")
        values.channels = [PredictValues.Channel(name: "load", values: [1, 2, 3, 4])]
        values.horizon = horizon
        return try send(id: id, model: "forecast", timeout: timeout, bypass: bypass) { $0.writePredict(values) }
    }
}
