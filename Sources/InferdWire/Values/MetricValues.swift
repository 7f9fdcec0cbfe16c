/// One error of a forecast, and how many points it was computed over.
package struct MetricValue: Equatable, Sendable {
    package let value: Double
    /// At least 1.
    package let points: UInt32

    package init(value: Double, points: UInt32) {
        self.value = value
        self.points = points
    }
}

/// Errors of a point forecast; nil where one is not defined.
package struct MetricValues: Equatable, Sendable {
    package var mae: MetricValue?
    package var rmse: MetricValue?
    package var mape: MetricValue?
    package var smape: MetricValue?
    package var mase: MetricValue?
    package var coverage: MetricValue?

    package init() {}
}
