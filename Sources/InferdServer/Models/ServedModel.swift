import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdScheduler
import InferdWire
import Synchronization

/// One load of a version of a model, ready to serve, with an executor for each thread.
final class ServedModel: Sendable {
    /// What an `infer` body holds beside its tensors' names and data.
    private static let overheadBytes = 64

    let name: String
    let version: UInt64
    /// Number of the load; grows with each.
    let generation: UInt64
    let signature: ModelSignature
    /// nil: a plain tensor model.
    let description: BundleDescription?
    /// There is one exactly when there is a description.
    private let plan: ForecastPlan?
    let modelBytes: Int
    /// Bytes of the inputs of one row, and of what names them.
    private let rowBytes: Int
    /// What the load is taken to hold in memory.
    let memoryBytes: Int
    /// Of the file whose change makes the version be loaded anew.
    let stamp: FileStamp?
    let settings: ModelSettings
    /// Cost of a run by its rows, followed as the model runs.
    let costs: CostModel
    let load = ModelLoad()
    /// By thread, as `ServerCore.counters`; each is used by its thread alone.
    let executors: [ModelExecutor]
    /// Written by the I/O thread.
    private let requests = Atomic<UInt64>(0)

    init(
        bundle: Bundle, generation: UInt64, signature: ModelSignature, plan: ForecastPlan?, settings: ModelSettings,
        costs: CostModel, memoryBytes: Int, stamp: FileStamp?, executors: [ModelExecutor]
    ) {
        name = bundle.name
        version = bundle.version
        self.generation = generation
        self.signature = signature
        description = bundle.description
        self.plan = plan
        modelBytes = bundle.model.count
        self.memoryBytes = memoryBytes
        self.stamp = stamp
        self.settings = settings
        self.costs = costs
        rowBytes = signature.inputs.reduce(Self.overheadBytes) { sum, input in
            let elements = input.shape.reduce(1.0) { $0 * Double(max($1, 1)) }
            return sum + input.name.utf8.count + Int(min(elements * Double(input.type.byteCount), 1e12))
        }
        self.executors = executors
    }

    var servesForecasts: Bool { description != nil }

    /// Rows that a lane takes: as many as its memory is made for and as its longest step may take.
    var rowsPerRun: Int {
        costs.rows(within: Double(settings.maximumStepMicroseconds))
    }

    var maximumRows: Int { costs.maximumBatch }

    /// Steps that a `predict` request forecasts; 0 for others.
    /// - Parameter horizon: 0: the model's default.
    func steps(_ kind: BodyKind, horizon: UInt32) -> Int {
        guard kind == .predict, let plan else { return 0 }
        let steps = horizon == 0 ? plan.specification.defaultHorizon : Int(horizon)
        return min(steps, plan.specification.maximumHorizon)
    }

    /// Runs of the model that a request needs.
    func runCount(steps: Int) -> Int {
        guard steps > 0, let plan else { return 1 }
        return plan.runCount(horizon: steps)
    }

    /// What a request is expected to cost alone, by its runs and its size.
    ///
    /// The rows of an `infer` are taken to be as many as its bytes make, each as dear as one alone: too much
    /// where a model works on rows side by side, never too little.
    func expectedMicroseconds(_ kind: BodyKind, runs: Int, bodyBytes: Int) -> Double {
        // To copy and decode.
        let reading = Double(bodyBytes) / 1000
        let run = costs.microseconds(rows: 1)
        if kind == .predict { return reading + run * Double(runs) }
        return reading + run * max(1, Double(bodyBytes) / Double(rowBytes))
    }

    /// How long an answer stays fresh.
    /// - Parameters:
    ///   - nextSampleDue: when the series has its next sample, in microseconds since the epoch.
    ///   - wallClock: the same scale's present.
    func freshMicroseconds(default: Int64, nextSampleDue: Int64?, wallClock: Int64) -> Int64 {
        if let milliseconds = settings.timeToLiveMilliseconds { return Int64(milliseconds) * 1000 }
        switch description?.timeToLive {
        case .microseconds(let microseconds): return microseconds
        case .cadence: return nextSampleDue.map { max(0, $0 &- wallClock) } ?? `default`
        case nil: return `default`
        }
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
