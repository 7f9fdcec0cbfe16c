/// A forecast as the `predict` reply gives it; the meaning of each field stands in `predict.proto`.
package struct ForecastValues: Equatable, Sendable {
    package struct Quantile: Equatable, Sendable {
        package var level: Double
        package var values: [Double]

        package init(level: Double, values: [Double]) {
            self.level = level
            self.values = values
        }
    }

    package var model = ""
    package var version: UInt64 = 0
    package var timestamps: [Int64] = []
    package var values: [Double] = []
    package var quantiles: [Quantile] = []
    package var metrics: MetricValues?
    package var filledPoints: UInt32 = 0

    package init() {}
}
