import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdScheduler

/// Turns a verified bundle into a model that serves: built, prewarmed and checked against its golden
/// vectors.
struct ModelBuilder {
    /// Runs of each size before a model serves; the fastest is what a run is expected to cost.
    private static let warmUpRuns = 3
    /// Taken for a run of a model that does not run on zeros: dear enough to be left to the workers.
    private static let unknownRunMicroseconds = 1_000_000.0

    private let engine: any Engine
    private let zones = TimeZoneFiles()
    private let threads: Int
    private let maximumReplyBytes: Int

    /// - Parameters:
    ///   - threads: that run requests; each gets an executor of its own.
    ///   - maximumReplyBytes: an `infer` reply's tensors must not be larger.
    init(engine: any Engine, threads: Int, maximumReplyBytes: Int) {
        self.engine = engine
        self.threads = threads
        self.maximumReplyBytes = maximumReplyBytes
    }

    /// What a load is taken to hold in memory: the file's weights, once as read and once as the engine lays
    /// them out.
    static func memoryBytes(_ bundle: Bundle) -> Int {
        bundle.model.count * 2
    }

    func build(
        _ bundle: Bundle, stamp: FileStamp?, generation: UInt64, settings: ModelSettings
    ) throws(BundleError) -> ServedModel {
        let model = try load(bundle.model)
        var plan: ForecastPlan?
        if let description = bundle.description {
            plan = try makePlan(description, model.signature)
        }
        let rows = min(rowsPerRun(bundle, model, settings), Self.rowsThatFit(bundle, model.signature, plan))
        let costs = CostModel(maximumBatch: rows)
        let executors = try makeExecutors(bundle, model, plan, rows, costs)
        warmUp(executors, costs)
        let replay = GoldenReplay(executor: executors[0])
        for golden in bundle.golden {
            do throws(GoldenMismatch) {
                try replay.check(golden)
            } catch {
                throw BundleError(file: Bundle.goldenName, "case '\(golden.name)': \(error.message)")
            }
        }
        return ServedModel(
            bundle: bundle, generation: generation, signature: model.signature, plan: plan, settings: settings,
            costs: costs, memoryBytes: Self.memoryBytes(bundle), stamp: stamp, executors: executors)
    }

    private func load(_ bytes: borrowing OwnedBytes) throws(BundleError) -> any LoadedModel {
        do throws(EngineError) {
            return try engine.load(bytes.span)
        } catch {
            throw BundleError(file: Bundle.modelName, error.message)
        }
    }

    private func makePlan(
        _ description: BundleDescription, _ signature: ModelSignature
    ) throws(BundleError) -> ForecastPlan {
        let specification = description.forecast
        let window = signature.inputs.first { $0.name == description.tensors.window }
        let takesSingleRows =
            specification.decode == .stateful && window.map { $0.shape.count == 3 && $0.shape[1] == 1 } == true
        let plan: ForecastPlan
        do {
            plan = try ForecastPlan(
                specification, zone: try zones.rules(named: specification.timeZone), takesSingleRows: takesSingleRows)
        } catch let error as BundleError {
            throw BundleError(file: Bundle.descriptionName, "time_zone: \(error.message)")
        } catch {
            throw BundleError(file: Bundle.descriptionName, "\(error)")
        }
        try description.check(
            inputs: signature.inputs.map(TensorShape.init), outputs: signature.outputs.map(TensorShape.init),
            columns: plan.columnCount, futureColumns: plan.futureColumns.count)
        return plan
    }

    // Rows that share a run.

    /// What the settings say, else the bundle, else whatever a plain model is seen to bear.
    private func rowsPerRun(
        _ bundle: Bundle, _ model: any LoadedModel, _ settings: ModelSettings
    ) -> Int {
        let hasFreeBatch = bundle.description.map { Self.hasFreeBatch($0, model.signature) } ?? true
        if !hasFreeBatch { return 1 }
        if let rows = settings.maximumBatch ?? bundle.description?.maximumBatch {
            return min(rows, Limits.rowsPerRun)
        }
        do throws(EngineError) {
            return try CompanyCheck(model).isPassed ? Limits.plainModelRows : 1
        } catch {
            return 1
        }
    }

    /// Whether every tensor of a bundle's model takes any number of rows.
    private static func hasFreeBatch(_ description: BundleDescription, _ signature: ModelSignature) -> Bool {
        var axes: [String: Int] = [:]
        for state in description.tensors.states {
            axes[state.input] = state.batchAxis
            axes[state.output] = state.batchAxis
        }
        let used = [description.tensors.output] + description.tensors.states.map(\.output)
        let tensors = signature.inputs + signature.outputs.filter { used.contains($0.name) }
        return tensors.allSatisfy { tensor in
            let axis = axes[tensor.name] ?? 0
            return tensor.shape.indices.contains(axis) && tensor.shape[axis] == -1
        }
    }

    /// Rows whose tensors fit a lane's buffers, at least 1.
    private static func rowsThatFit(_ bundle: Bundle, _ signature: ModelSignature, _ plan: ForecastPlan?) -> Int {
        guard let plan, let description = bundle.description else { return Limits.rowsPerRun }
        let specification = plan.specification
        var greatest = max(
            specification.window * plan.columnCount, specification.maximumHorizon * plan.futureColumns.count,
            specification.chunk * plan.valuesPerPoint)
        for state in description.tensors.states {
            // The description's check has bounded the product.
            let shape = signature.inputs.first { $0.name == state.input }?.shape ?? []
            greatest = max(
                greatest, shape.enumerated().reduce(1) { $1.offset == state.batchAxis ? $0 : $0 * Int($1.element) })
        }
        return max(1, Limits.laneBufferBytes / (greatest * MemoryLayout<Float>.size))
    }

    private func makeExecutors(
        _ bundle: Bundle, _ model: any LoadedModel, _ plan: ForecastPlan?, _ rows: Int, _ costs: CostModel
    ) throws(BundleError) -> [ModelExecutor] {
        do throws(EngineError) {
            var executors: [ModelExecutor] = []
            for _ in 0..<threads {
                var forecast: (plan: ForecastPlan, tensors: BundleDescription.TensorBindings)?
                if let plan, let description = bundle.description {
                    forecast = (plan, description.tensors)
                }
                executors.append(
                    try ModelExecutor(
                        name: bundle.name, version: bundle.version, model: model, forecast: forecast,
                        maximumRows: rows, maximumReplyBytes: maximumReplyBytes, costs: costs,
                        clock: MonotonicTime.now))
            }
            return executors
        } catch {
            throw BundleError(file: Bundle.modelName, error.message)
        }
    }

    /// Runs the sizes that are powers of two, and the greatest, so that the first requests find memory and
    /// costs in place.
    private func warmUp(_ executors: [ModelExecutor], _ costs: CostModel) {
        var rows = 1
        while true {
            if let cost = executors[0].warmUp(rows: rows, runs: Self.warmUpRuns) {
                costs.set(cost, rows: rows)
            } else if rows == 1 {
                costs.set(Self.unknownRunMicroseconds, rows: 1)
                return
            }
            if rows == costs.maximumBatch { break }
            rows = min(rows * 2, costs.maximumBatch)
        }
        for executor in executors.dropFirst() {
            _ = executor.warmUp(rows: 1, runs: 1)
        }
    }
}

extension TensorShape {
    fileprivate init(_ tensor: TensorSpecification) {
        self.init(name: tensor.name, type: tensor.type, shape: tensor.shape)
    }
}
