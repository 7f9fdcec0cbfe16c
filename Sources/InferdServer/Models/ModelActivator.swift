import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdScheduler
import Logging

/// Turns what the repository holds into models that serve: verified, loaded, prewarmed and checked
/// against their golden vectors. What fails is logged once, with its reason, and the rest serves.
struct ModelActivator {
    /// Runs of the model before it serves; the fastest is what a run is expected to cost.
    private static let warmUpRuns = 5
    /// Taken for a run of a model that does not run on zeros: dear enough to be left to the workers.
    private static let unknownRunMicroseconds = 1_000_000.0

    private let repository: ModelRepository
    private let engine: any Engine
    private let zones = TimeZoneFiles()
    private let threads: Int
    private let maximumReplyBytes: Int
    private let logger: Logger

    /// - Parameters:
    ///   - threads: that run requests; each gets an executor of its own.
    ///   - maximumReplyBytes: an `infer` reply's tensors must not be larger.
    init(
        repositoryPath: String, engine: any Engine, threads: Int, maximumReplyBytes: Int, logger: Logger
    ) throws(ServerError) {
        do throws(BundleError) {
            repository = try ModelRepository(path: repositoryPath)
        } catch {
            throw ServerError("\(error.description): \(repositoryPath)")
        }
        self.engine = engine
        self.threads = threads
        self.maximumReplyBytes = maximumReplyBytes
        self.logger = logger
    }

    /// Every version in the repository, served or refused.
    func activateAll() throws(ServerError) -> [ModelTable.Entry] {
        let found: [ModelRepository.Entry]
        do throws(BundleError) {
            found = try repository.scan()
        } catch {
            throw ServerError(error.description)
        }
        var result: [ModelTable.Entry] = []
        for entry in found {
            let state = activate(entry, generation: UInt64(result.count + 1))
            // Without a version there is nothing that a request could ask for.
            if entry.version > 0 {
                result.append(ModelTable.Entry(name: entry.model, version: entry.version, state: state))
            }
        }
        guard result.count <= Limits.modelsServed else {
            throw ServerError(
                "the model repository holds \(result.count) versions; at most \(Limits.modelsServed) are served")
        }
        return result
    }

    private func activate(_ entry: ModelRepository.Entry, generation: UInt64) -> ModelTable.State {
        do throws(BundleError) {
            if case .unusable(let reason) = entry.kind { throw BundleError(reason) }
            let bundle = try repository.open(entry)
            let model = try load(bundle, generation: generation)
            logger.info(
                "model loaded",
                metadata: [
                    "model": .string(entry.model), "version": .stringConvertible(entry.version),
                    "run_us": .stringConvertible(model.runMicroseconds.rounded()),
                ])
            return .ready(model)
        } catch {
            var metadata: Logger.Metadata = [
                "model": .string(entry.model), "version": .stringConvertible(entry.version),
                "reason": .string(error.message),
            ]
            if !error.file.isEmpty {
                metadata["file"] = .string(error.file)
            }
            logger.error("model refused", metadata: metadata)
            return .failed(reason: error.description)
        }
    }

    private func load(_ bundle: Bundle, generation: UInt64) throws(BundleError) -> ServedModel {
        let model = try build(bundle.model)
        var plan: ForecastPlan?
        if let description = bundle.description {
            plan = try makePlan(description, model.signature)
        }
        let executors = try makeExecutors(bundle, model, plan)
        var cost = Double.infinity
        for executor in executors {
            cost = min(cost, executor.warmUp(runs: Self.warmUpRuns) ?? .infinity)
        }
        let replay = GoldenReplay(executor: executors[0])
        for golden in bundle.golden {
            do throws(GoldenMismatch) {
                try replay.check(golden)
            } catch {
                throw BundleError(file: Bundle.goldenName, "case '\(golden.name)': \(error.message)")
            }
        }
        return ServedModel(
            bundle: bundle, generation: generation, signature: model.signature, plan: plan,
            runMicroseconds: cost.isFinite ? cost : Self.unknownRunMicroseconds, executors: executors)
    }

    private func build(_ bytes: borrowing OwnedBytes) throws(BundleError) -> any LoadedModel {
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

    private func makeExecutors(
        _ bundle: Bundle, _ model: any LoadedModel, _ plan: ForecastPlan?
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
                        maximumReplyBytes: maximumReplyBytes, clock: MonotonicTime.now))
            }
            return executors
        } catch {
            throw BundleError(file: Bundle.modelName, error.message)
        }
    }
}

extension TensorShape {
    fileprivate init(_ tensor: TensorSpecification) {
        self.init(name: tensor.name, type: tensor.type, shape: tensor.shape)
    }
}
