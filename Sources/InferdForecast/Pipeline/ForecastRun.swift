/// Computes forecasts of one model, one at a time: a workspace whose memory is kept from request to
/// request, so that steady use allocates nothing.
///
/// The stages are called in order, each with the same input: `precheck`, `checkUniform`,
/// `prepareFrame`, `window`; then, while `nextCall` gives one, the caller gathers the model's input,
/// runs the model and hands the output to `absorb`; then `inverseScale` and `metrics`. They are calls
/// of their own so that the caller can time each.
package struct ForecastRun: ~Copyable {
    /// What the next run of the model needs.
    package struct ModelCall: Equatable, Sendable {
        /// Rows of the window tensor.
        package let rows: Int
        /// Its output only carries the state on.
        package let isPriming: Bool
        /// Runs before this one.
        package let index: Int
    }

    /// Memory kept between requests, in elements of each buffer.
    private static let retainedElements = 64 << 10

    package let plan: ForecastPlan

    // What the request asks, from `precheck`.

    package internal(set) var horizon = 0
    /// Places among the model's quantiles of those the request wants, in its order.
    var wantedQuantiles: [Int] = []
    /// By channel of the model, its place in the request's history.
    var historyPlaces: [Int] = []
    /// By channel of the model, its place in the request's `future`; -1 for those not known.
    var futurePlaces: [Int] = []

    // The series on its grid, from `checkUniform`.

    var grid: TimeGrid
    /// Points of the history, filled ones included.
    var pointCount = 0
    /// The grid's place of each point of the request; empty when there are no gaps.
    var places: [Int] = []
    package var filledPoints: Int { pointCount - requestPoints }
    var requestPoints = 0

    // The frame: rows of the window and the horizon, `columnCount` columns, from `prepareFrame`.

    /// By channel: the window's values, then the horizon's where they are known; not scaled.
    var channelValues: [Double] = []
    /// The target's whole history; only filled when metrics need it.
    var targetHistory: [Double] = []
    var frame: [Float] = []
    var frameRows = 0
    /// Of the target, from `window`.
    var targetScaler: FittedScaler
    var scratch: [Double] = []

    // The model's runs.

    var callIndex = 0
    /// Points forecast so far.
    var produced = 0
    /// `valuesPerPoint` scaled outputs for each point.
    var outputs: [Float] = []

    // The answer, from `inverseScale`.

    var timestampBuffer: [Int64] = []
    var valueBuffer: [Double] = []
    var quantileLevelBuffer: [Double] = []
    var quantileBuffer: [Double] = []

    package init(plan: ForecastPlan) {
        self.plan = plan
        grid = TimeGrid(anchor: 0, step: plan.specification.step, zone: plan.zone)
        targetScaler = .identity
    }

    /// Microseconds since the epoch of each point of the forecast.
    package var timestamps: Span<Int64> {
        @_lifetime(borrow self)
        get { timestampBuffer.span }
    }

    /// Microseconds since the epoch of the history's last point, once `checkUniform` has run.
    package var windowEnd: Int64 { grid.time(pointCount - 1) ?? 0 }

    /// When the series' next sample is due, once `inverseScale` has run.
    package var firstTimestamp: Int64? { timestampBuffer.first }

    /// The point forecast in the target's unit.
    package var values: Span<Double> {
        @_lifetime(borrow self)
        get { valueBuffer.span }
    }

    /// The quantile levels asked for, in the request's order.
    package var quantileLevels: Span<Double> {
        @_lifetime(borrow self)
        get { quantileLevelBuffer.span }
    }

    /// For each of them in turn, one value for each point.
    package var quantileValues: Span<Double> {
        @_lifetime(borrow self)
        get { quantileBuffer.span }
    }

    /// The spread by which the last request's target was scaled; 1 for scalers without one.
    package var targetScale: Double { targetScaler.isLogarithmic ? 1 : targetScaler.spread }

    /// Points of the target that the request itself held, once `checkUniform` has run.
    package var observationCount: Int { requestPoints }

    /// When one of them was, in microseconds since the epoch: its place on the grid.
    package func observationTime(_ index: Int) -> Int64 {
        // `checkUniform` has seen that a later one exists.
        grid.time(places.isEmpty ? index : places[index]) ?? 0
    }

    /// The target's values that the request held, `observationCount` of them.
    package func observations(_ input: some ForecastInput) -> UnsafeBufferPointer<Double> {
        unsafe input.channelValues(historyPlaces[0])
    }

    /// Gives memory beyond the usual back; call after a request.
    package mutating func shrink() {
        if targetHistory.capacity > Self.retainedElements { targetHistory = [] }
        if channelValues.capacity > Self.retainedElements { channelValues = [] }
        if frame.capacity > Self.retainedElements { frame = [] }
        if places.capacity > Self.retainedElements { places = [] }
    }
}
