import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdScheduler
import InferdWire
import Synchronization

/// One loaded version of a model, ready to serve: its queue, and an executor for each thread.
final class ServedModel: Sendable {
    /// What an `infer` body holds beside its tensors' names and data.
    private static let overheadBytes = 64

    let name: String
    let version: UInt64
    /// Number of the load that made this; grows with each load.
    let generation: UInt64
    let signature: ModelSignature
    /// nil: a plain tensor model.
    let description: BundleDescription?
    /// There is one exactly when there is a description.
    private let plan: ForecastPlan?
    let modelBytes: Int
    let maximumBatch: Int
    /// Measured cost of one run of one row.
    let runMicroseconds: Double
    /// Bytes of the inputs of one row, and of what names them.
    private let rowBytes: Int
    let queue = BoundedQueue(capacity: Limits.queueLength)
    /// By thread, as `ServerCore.counters`; each is used by its thread alone.
    let executors: [ModelExecutor]
    /// Written by the I/O thread.
    private let requests = Atomic<UInt64>(0)

    init(
        bundle: Bundle, generation: UInt64, signature: ModelSignature, plan: ForecastPlan?, runMicroseconds: Double,
        executors: [ModelExecutor]
    ) {
        name = bundle.name
        version = bundle.version
        self.generation = generation
        self.signature = signature
        description = bundle.description
        self.plan = plan
        modelBytes = bundle.model.count
        maximumBatch = bundle.description?.maximumBatch ?? 1
        self.runMicroseconds = runMicroseconds
        rowBytes = signature.inputs.reduce(Self.overheadBytes) { sum, input in
            let elements = input.shape.reduce(1.0) { $0 * Double(max($1, 1)) }
            return sum + input.name.utf8.count + Int(min(elements * Double(input.type.byteCount), 1e12))
        }
        self.executors = executors
    }

    var servesForecasts: Bool { description != nil }

    /// What a request is expected to cost before anything is known of its body but kind and size.
    ///
    /// The rows of an `infer` are taken to be as many as its bytes make, each as dear as the one that was
    /// measured: too much where a model works on rows side by side, never too little.
    func expectedMicroseconds(_ kind: BodyKind, bodyBytes: Int) -> Double {
        // To copy and decode.
        let reading = Double(bodyBytes) / 1000
        if kind == .predict, let plan {
            return reading + runMicroseconds * Double(plan.runCount(horizon: plan.specification.maximumHorizon))
        }
        return reading + runMicroseconds * max(1, Double(bodyBytes) / Double(rowBytes))
    }

    /// When a full queue may have room again.
    func drainMilliseconds(workers: Int) -> UInt32 {
        let microseconds = Double(queue.count) * expectedMicroseconds(.predict, bodyBytes: 0) / Double(workers)
        return UInt32(min(max(microseconds / 1000, 1), 60_000))
    }

    /// Makes runs in progress end soon; any thread.
    func terminateRuns() {
        for executor in executors {
            executor.terminate()
        }
    }

    func countRequest() {
        requests.store(requests.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    var requestCount: UInt64 { requests.load(ordering: .relaxed) }
}
