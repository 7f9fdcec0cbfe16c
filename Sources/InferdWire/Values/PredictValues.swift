/// What a `predict` request asks; the meaning of each field stands in `predict.proto`.
package struct PredictValues: Equatable, Sendable {
    package struct Channel: Equatable, Sendable {
        package var name: String
        package var values: [Double]

        package init(name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    package struct RegularTime: Equatable, Sendable {
        package var start: Int64
        package var step: String

        package init(start: Int64, step: String) {
            self.start = start
            self.step = step
        }
    }

    package var seriesID = ""
    /// Empty when `regular` gives the time.
    package var timestamps: [Int64] = []
    package var regular: RegularTime?
    package var channels: [Channel] = []
    package var horizon: UInt32 = 0
    package var future: [Channel] = []
    package var quantiles: [Double] = []
    package var actuals: [Double] = []

    package init() {}
}
