import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdScheduler
import InferdWire
import Synchronization

/// One loaded version of a model, ready to serve: its queue, and an executor for each thread.
final class ServedModel: Sendable {
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
        self.executors = executors
    }

    var servesForecasts: Bool { description != nil }

    /// What a request is expected to cost before anything is known of its body but its kind.
    func expectedMicroseconds(_ kind: BodyKind) -> Double {
        guard kind == .predict, let plan else { return runMicroseconds }
        return runMicroseconds * Double(plan.runCount(horizon: plan.specification.maximumHorizon))
    }

    /// When a full queue may have room again.
    func drainMilliseconds(workers: Int) -> UInt32 {
        let microseconds = Double(queue.count) * expectedMicroseconds(.predict) / Double(workers)
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
