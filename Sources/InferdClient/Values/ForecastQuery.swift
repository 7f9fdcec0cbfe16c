/// What a forecast is made from.
public struct ForecastQuery: Hashable, Sendable {
    /// The caller's name for the series, at most 256 bytes; empty: none.
    public var seriesID: String
    /// Time of the history's points.
    public var time: SeriesTime
    /// The target and every covariate of the model, in any order, all of one length.
    public var channels: [Channel]
    /// Steps after the last point; 0: the model's default.
    public var horizon: UInt32
    /// Covariates known ahead, the first value one step after the last point.
    public var future: [Channel]
    /// Quantile levels wanted, strictly between 0 and 1.
    public var quantiles: [Double]
    /// True values for the first points of the horizon, NaN where not known; empty: no metrics.
    public var actuals: [Double]

    /// A query.
    public init(
        seriesID: String = "", time: SeriesTime, channels: [Channel], horizon: UInt32 = 0, future: [Channel] = [],
        quantiles: [Double] = [], actuals: [Double] = []
    ) {
        self.seriesID = seriesID
        self.time = time
        self.channels = channels
        self.horizon = horizon
        self.future = future
        self.quantiles = quantiles
        self.actuals = actuals
    }
}
