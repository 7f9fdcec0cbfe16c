import InferdBase

@testable import InferdForecast

/// Carries a forecast through all its stages, with a function for a model.
struct FakeModel {
    /// What a run was given.
    struct Call {
        let index: Int
        let isPriming: Bool
        /// Row-major, `columnCount` values each.
        let rows: [[Float]]
        /// What is known of the future; empty where the model takes none.
        let future: [[Float]]
    }

    struct Answer {
        var timestamps: [Int64] = []
        var values: [Double] = []
        var quantileLevels: [Double] = []
        var quantileValues: [Double] = []
        var metrics: ForecastMetrics?
        var filledPoints = 0
        var calls: [Call] = []
    }

    let plan: ForecastPlan
    /// Gives `chunk` times `valuesPerPoint` outputs.
    let outputs: (Call) -> [Float]

    init(_ plan: ForecastPlan, _ outputs: @escaping (Call) -> [Float] = { _ in [] }) {
        self.plan = plan
        self.outputs = outputs
    }

    func predict(_ input: StubInput) throws(RequestError) -> Answer {
        var run = ForecastRun(plan: plan)
        return try predict(input, &run)
    }

    func predict(_ input: StubInput, _ run: inout ForecastRun) throws(RequestError) -> Answer {
        try run.precheck(input)
        try run.checkUniform(input)
        try run.prepareFrame(input)
        try run.window()
        var answer = Answer()
        while let next = run.nextCall {
            let rows = unsafe Self.gather(next.rows, plan.columnCount) { unsafe run.gatherWindow(into: $0) }
            var future: [[Float]] = []
            if plan.specification.hasFutureInput {
                future = unsafe Self.gather(plan.specification.maximumHorizon, plan.futureColumns.count) {
                    unsafe run.gatherFuture(into: $0)
                }
            }
            let call = Call(index: next.index, isPriming: next.isPriming, rows: rows, future: future)
            answer.calls.append(call)
            var made = outputs(call)
            if made.isEmpty {
                made = [Float](repeating: 0, count: plan.specification.chunk * plan.valuesPerPoint)
            }
            try Self.absorb(made, &run)
        }
        try run.inverseScale()
        answer.metrics = run.metrics(input)
        answer.timestamps = run.timestamps.indices.map { run.timestamps[$0] }
        answer.values = run.values.indices.map { run.values[$0] }
        answer.quantileLevels = run.quantileLevels.indices.map { run.quantileLevels[$0] }
        answer.quantileValues = run.quantileValues.indices.map { run.quantileValues[$0] }
        answer.filledPoints = run.filledPoints
        return answer
    }

    private static func absorb(_ made: [Float], _ run: inout ForecastRun) throws(RequestError) {
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: made.count)
        defer { unsafe buffer.deallocate() }
        _ = unsafe buffer.initialize(from: made)
        try unsafe run.absorb(output: UnsafeBufferPointer(buffer))
    }

    private static func gather(
        _ rows: Int, _ columns: Int, _ fill: (UnsafeMutableBufferPointer<Float>) -> Void
    ) -> [[Float]] {
        var flat = [Float](repeating: .nan, count: rows * columns)
        unsafe flat.withUnsafeMutableBufferPointer { unsafe fill($0) }
        return (0..<rows).map { Array(flat[$0 * columns..<($0 + 1) * columns]) }
    }
}

extension ForecastSpecification {
    /// An hourly model of the one channel `load`, not scaled, in UTC.
    static func simple(
        step: String = "1h", zone: String = "UTC", tolerance: Int64 = 0, window: Int = 3, horizon: Int = 2,
        maximum: Int = 4, season: Int? = nil, gaps: GapPolicy = .reject, scaler: Scaler = .none,
        others: [Feature] = [], decode: DecodeMode = .autoregressive(chunk: 1), quantiles: [Double] = [],
        future: Bool = false
    ) throws -> ForecastSpecification {
        ForecastSpecification(
            step: try TimeStep(parsing: step), timeZone: zone, toleranceMicroseconds: tolerance, window: window,
            defaultHorizon: horizon, maximumHorizon: maximum, season: season, gapPolicy: gaps,
            features: [.channel(Channel(name: "load", isKnownInFuture: false, scaler: scaler))] + others,
            decode: decode, quantiles: quantiles, hasFutureInput: future)
    }

    func plan(singleRows: Bool = false) throws -> ForecastPlan {
        let zone = timeZone == "UTC" ? TimeZoneRules.utc : try SystemZone.named(timeZone)
        return try ForecastPlan(self, zone: zone, takesSingleRows: singleRows)
    }
}

extension ForecastSpecification.Feature {
    static func covariate(_ name: String, known: Bool = true, _ scaler: Scaler = .none) -> Self {
        .channel(ForecastSpecification.Channel(name: name, isKnownInFuture: known, scaler: scaler))
    }
}
