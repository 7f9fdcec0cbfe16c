/// One quantile of a forecast.
public struct QuantileForecast: Hashable, Sendable {
    /// Strictly between 0 and 1.
    public var level: Double
    /// In the target's unit, one for each point of the horizon.
    public var values: [Double]

    /// A quantile from its parts.
    public init(level: Double, values: [Double]) {
        self.level = level
        self.values = values
    }
}
