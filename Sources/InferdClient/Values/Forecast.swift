/// A forecast of one series.
public struct Forecast: Hashable, Sendable {
    /// The model that made it.
    public var model: String
    /// Its version.
    public var version: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z of each point.
    public var timestamps: [Int64]
    /// The point forecast in the target's unit.
    public var values: [Double]
    /// One for each quantile asked for, in that order.
    public var quantiles: [QuantileForecast]
    /// nil: the request held no actuals.
    public var metrics: ForecastMetrics?
    /// History points that were missing and were filled by the model's gap policy.
    public var filledPoints: UInt32

    /// A forecast from its parts.
    public init(
        model: String, version: UInt64, timestamps: [Int64], values: [Double], quantiles: [QuantileForecast] = [],
        metrics: ForecastMetrics? = nil, filledPoints: UInt32 = 0
    ) {
        self.model = model
        self.version = version
        self.timestamps = timestamps
        self.values = values
        self.quantiles = quantiles
        self.metrics = metrics
        self.filledPoints = filledPoints
    }
}
