import InferdBase
import InferdForecast
import InferdWire

extension PredictMessage: ForecastInput {}

/// One request while it is in a `ForecastLane`.
@safe
struct ForecastRow: ~Copyable {
    var ticket: UInt32 = 0
    var isUsed = false
    var run: ForecastRun
    var receipt = ReceiptValues()
    var failure: RequestError?
    /// Holds the decoded body.
    private var arena = MessageArena()
    private var input: PredictMessage?
    /// Against the request's actuals, from `write`.
    private var metrics: MetricValues?

    init(plan: ForecastPlan) {
        run = ForecastRun(plan: plan)
    }

    /// Decodes, checks and scales a body: all that comes before the model's first run.
    mutating func prepare(_ body: RawSpan, _ clock: @escaping () -> MonotonicTime) throws(RequestError) {
        var watch = Stopwatch(clock)
        let input = try unsafe PredictMessage.decode(body, arena: &arena)
        unsafe self.input = input
        receipt.decode = watch.lap()
        try unsafe run.precheck(input)
        receipt.precheck = watch.lap()
        try unsafe run.checkUniform(input)
        receipt.checkUniform = watch.lap()
        try unsafe run.prepareFrame(input)
        receipt.prepareFrame = watch.lap()
        try run.window()
        receipt.window = watch.lap()
    }

    /// Writes the reply's body, once the horizon is reached.
    mutating func write(
        _ identity: ModelIdentity, _ receipt: inout ReceiptValues, _ reply: inout ReplyWriter,
        _ clock: @escaping () -> MonotonicTime
    ) throws(RequestError) {
        var watch = Stopwatch(clock)
        try run.inverseScale()
        receipt.inverseScale = watch.lap()
        metrics = unsafe input.flatMap { unsafe run.metrics($0) }.map(MetricValues.init)
        receipt.metrics = metrics == nil ? 0 : watch.lap()
        let name = identity.name
        unsafe reply.writePredict(
            model: name.span.bytes, version: identity.version, timestamps: run.timestamps, values: run.values,
            quantileLevels: run.quantileLevels, quantileValues: run.quantileValues,
            metrics: metrics, filledPoints: UInt32(run.filledPoints))
        receipt.serialize = watch.lap()
    }

    /// Writes the event of the forecast that `write` has written a reply of. Returns how many bytes it has.
    func writeEvent(_ identity: ModelIdentity, _ head: EventHead, into room: consuming MutableRawSpan) -> Int {
        let name = identity.name
        // The text lies in the arena, which is as it was until `clear`.
        let seriesID = unsafe RawSpan(_unsafeBytes: input?.seriesID ?? UnsafeRawBufferPointer(start: nil, count: 0))
        var content = unsafe PredictionEventContent(
            eventID: head.eventID, predictionKey: head.predictionKey, model: name.span.bytes,
            version: identity.version, seriesID: seriesID, timestamps: run.timestamps, values: run.values,
            quantileLevels: run.quantileLevels, quantileValues: run.quantileValues, traceparent: head.traceparent)
        content.windowEndMicroseconds = run.windowEnd
        content.metrics = metrics
        content.receipt = head.receipt
        content.createdMicroseconds = head.createdMicroseconds
        content.filledPoints = UInt32(run.filledPoints)
        return PredictionEventEncoder.encode(content, history: head.history, into: room)
    }

    /// Writes the newest points of the target that the request held behind its event, `limit` at most. Returns how
    /// many bytes both have; nil: the series has no name to be followed by.
    func writeObservations(limit: Int, after eventBytes: Int, into room: consuming MutableRawSpan) -> Int? {
        guard let input = unsafe input, unsafe !input.seriesID.isEmpty else { return nil }
        var writer = ObservationWriter(
            room, after: eventBytes, quantity: run.plan.quantity,
            toleranceMicroseconds: run.plan.specification.toleranceMicroseconds)
        let values = unsafe run.observations(input)
        for index in max(0, run.observationCount - limit)..<run.observationCount {
            unsafe writer.append(timeMicroseconds: run.observationTime(index), value: values[index])
        }
        return writer.finish()
    }

    /// The request has left.
    mutating func clear() {
        metrics = nil
        unsafe input = nil
        isUsed = false
        run.shrink()
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
