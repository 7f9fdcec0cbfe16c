import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdWire

extension PredictMessage: ForecastInput {}

/// Runs `predict` requests: the stages of a forecast, with a run of the model for each step between.
@safe
final class ForecastExecutor {
    private let identity: ModelIdentity
    private let plan: ForecastPlan
    private let runner: any ModelRunner
    private let counters: ModelCounters
    private let clock: @Sendable () -> MonotonicTime

    private let windowIndex: Int
    private let futureIndex: Int?
    private let outputIndex: Int
    private let states: [StateTensor]

    // Memory that the runner is bound to; it never moves.

    private var window: OwnedBytes
    private var future: OwnedBytes
    private var output: OwnedBytes
    private var run: ForecastRun

    init(
        identity: ModelIdentity, plan: ForecastPlan, bindings: BundleDescription.TensorBindings,
        signature: ModelSignature, runner: any ModelRunner, counters: ModelCounters,
        clock: @escaping @Sendable () -> MonotonicTime
    ) throws(EngineError) {
        self.identity = identity
        self.plan = plan
        self.runner = runner
        self.counters = counters
        self.clock = clock
        windowIndex = try Self.find(bindings.window, in: signature.inputs)
        if let name = bindings.future {
            futureIndex = try Self.find(name, in: signature.inputs)
        } else {
            futureIndex = nil
        }
        outputIndex = try Self.find(bindings.output, in: signature.outputs)
        var states: [StateTensor] = []
        for state in bindings.states {
            states.append(
                StateTensor(
                    state, input: try Self.find(state.input, in: signature.inputs),
                    output: try Self.find(state.output, in: signature.outputs), signature))
        }
        self.states = states
        let size = MemoryLayout<Float>.size
        let specification = plan.specification
        window = OwnedBytes(zeros: specification.window * plan.columnCount * size)
        future = OwnedBytes(
            zeros: futureIndex == nil ? 0 : specification.maximumHorizon * plan.futureColumns.count * size)
        output = OwnedBytes(zeros: specification.chunk * plan.valuesPerPoint * size)
        run = ForecastRun(plan: plan)
        try bindFixed(signature)
    }

    private static func find(_ name: String, in tensors: [TensorSpecification]) throws(EngineError) -> Int {
        guard let index = tensors.firstIndex(where: { $0.name == name }) else {
            throw EngineError(.modelRefused, "the model has no tensor '\(name)'")
        }
        return index
    }

    /// Binds what stays the same from run to run, and asks for no output but those that are read.
    private func bindFixed(_ signature: ModelSignature) throws(EngineError) {
        let specification = plan.specification
        if let futureIndex {
            let shape = [1, Int64(specification.maximumHorizon), Int64(plan.futureColumns.count)]
            try unsafe runner.bindInput(
                futureIndex, shape: shape.span, data: future.baseAddress, byteCount: future.count)
        }
        var shape = [1, Int64(specification.chunk)]
        if !specification.quantiles.isEmpty { shape.append(Int64(specification.quantiles.count)) }
        try unsafe runner.bindOutput(outputIndex, shape: shape.span, data: output.baseAddress, byteCount: output.count)
        var wanted: UInt64 = 1 << UInt64(outputIndex)
        for state in states {
            try state.bind(to: runner)
            wanted |= 1 << UInt64(state.outputIndex)
        }
        runner.selectOutputs(wanted)
    }

    var targetScale: Double { run.targetScale }

    func terminate() {
        runner.terminate()
    }

    func predict(
        _ body: RawSpan, arena: inout MessageArena, receipt: inout ReceiptValues, reply: inout ReplyWriter,
        isWanted: ModelExecutor.Check
    ) throws(RequestError) {
        defer { run.shrink() }
        var watch = Stopwatch(clock)
        let input = try unsafe PredictMessage.decode(body, arena: &arena)
        receipt.decode = watch.lap()
        try unsafe run.precheck(input)
        receipt.precheck = watch.lap()
        try unsafe run.checkUniform(input)
        receipt.checkUniform = watch.lap()
        try unsafe run.prepareFrame(input)
        receipt.prepareFrame = watch.lap()
        try run.window()
        receipt.window = watch.lap()
        receipt.modelRuns = try runModel(isWanted)
        receipt.batchRows = 1
        receipt.model = watch.lap()
        try run.inverseScale()
        receipt.inverseScale = watch.lap()
        let metrics = unsafe run.metrics(input)
        receipt.metrics = metrics == nil ? 0 : watch.lap()
        Self.write(run, identity, metrics, into: &reply)
        receipt.serialize = watch.lap()
    }

    private static func write(
        _ run: borrowing ForecastRun, _ identity: ModelIdentity, _ metrics: ForecastMetrics?,
        into reply: inout ReplyWriter
    ) {
        let name = identity.name
        unsafe reply.writePredict(
            model: name.span.bytes, version: identity.version, timestamps: run.timestamps, values: run.values,
            quantileLevels: run.quantileLevels, quantileValues: run.quantileValues,
            metrics: metrics.map(MetricValues.init), filledPoints: UInt32(run.filledPoints))
    }

    /// Runs the model until the horizon is reached; how many runs that took.
    private func runModel(_ isWanted: ModelExecutor.Check) throws(RequestError) -> UInt32 {
        for state in states {
            state.reset()
        }
        if futureIndex != nil {
            // As many floats as the buffer was made for.
            unsafe run.gatherFuture(into: Self.floats(&future))
        }
        var runs: UInt32 = 0
        while let call = run.nextCall {
            try isWanted()
            unsafe run.gatherWindow(into: Self.floats(&window))
            let start = clock()
            do throws(EngineError) {
                let shape: InlineArray<3, Int64> = [1, Int64(call.rows), Int64(plan.columnCount)]
                let bytes = call.rows * plan.columnCount * MemoryLayout<Float>.size
                try unsafe runner.bindInput(
                    windowIndex, shape: shape.span, data: window.baseAddress, byteCount: bytes)
                try runner.run()
            } catch {
                throw RequestError(error, field: "predict")
            }
            counters.countRun(rows: 1, nanoseconds: clock().nanoseconds(since: start))
            runs += 1
            for state in states {
                state.carryOn()
            }
            try unsafe run.absorb(output: UnsafeBufferPointer(Self.floats(&output)))
        }
        return runs
    }

    /// The buffer's content as floats; it is aligned for them and its size a multiple of theirs.
    private static func floats(_ bytes: inout OwnedBytes) -> UnsafeMutableBufferPointer<Float> {
        let count = bytes.count / MemoryLayout<Float>.size
        return unsafe UnsafeMutableBufferPointer(
            start: bytes.baseAddress.assumingMemoryBound(to: Float.self), count: count)
    }
}

extension OwnedBytes {
    /// `count` bytes, all zero.
    init(zeros count: Int) {
        self.init(capacity: count)
        resize(to: count)
    }
}

extension MetricValues {
    init(_ metrics: ForecastMetrics) {
        self.init()
        mae = metrics.mae.map(MetricValue.init)
        rmse = metrics.rmse.map(MetricValue.init)
        mape = metrics.mape.map(MetricValue.init)
        smape = metrics.smape.map(MetricValue.init)
        mase = metrics.mase.map(MetricValue.init)
        coverage = metrics.coverage.map(MetricValue.init)
    }
}

extension MetricValue {
    init(_ metric: ForecastMetrics.Metric) {
        self.init(value: metric.value, points: UInt32(metric.points))
    }
}
