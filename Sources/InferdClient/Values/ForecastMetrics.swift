/// Errors of a point forecast against the actuals; nil where a metric is not defined.
public struct ForecastMetrics: Hashable, Sendable {
    /// Mean absolute error, in the target's unit.
    public var mae: ForecastMetric?
    /// Root of the mean squared error, in the target's unit.
    public var rmse: ForecastMetric?
    /// Mean absolute error relative to the actual, a fraction.
    public var mape: ForecastMetric?
    /// Symmetric relative error, a fraction from 0 to 2.
    public var smape: ForecastMetric?
    /// Error relative to the seasonal-naive forecast's on the history.
    public var mase: ForecastMetric?
    /// Fraction of the actuals within the outermost quantiles.
    public var coverage: ForecastMetric?

    /// Metrics from their parts.
    public init(
        mae: ForecastMetric? = nil, rmse: ForecastMetric? = nil, mape: ForecastMetric? = nil,
        smape: ForecastMetric? = nil, mase: ForecastMetric? = nil, coverage: ForecastMetric? = nil
    ) {
        self.mae = mae
        self.rmse = rmse
        self.mape = mape
        self.smape = smape
        self.mase = mase
        self.coverage = coverage
    }
}
