/// How good forecasts of one version of a model were, so many steps ahead.
package struct AccuracyScore: Equatable, Sendable {
    package let model: ModelVersion
    /// First and last step ahead of those counted together.
    package let horizon: ClosedRange<UInt32>
    /// Of at least one point.
    package let sums: AccuracySums

    package init(model: ModelVersion, horizon: ClosedRange<UInt32>, sums: AccuracySums) {
        self.model = model
        self.horizon = horizon
        self.sums = sums
    }
}
