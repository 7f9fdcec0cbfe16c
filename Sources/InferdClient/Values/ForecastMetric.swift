/// One error figure.
public struct ForecastMetric: Hashable, Sendable {
    /// The figure.
    public var value: Double
    /// Points it was computed over.
    public var points: UInt32

    /// A metric from its parts.
    public init(value: Double, points: UInt32) {
        self.value = value
        self.points = points
    }
}
