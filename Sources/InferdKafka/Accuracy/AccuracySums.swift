/// Errors of forecast points against what came, summed up. MAE, sMAPE and coverage are defined as in a reply's
/// `Metrics`.
package struct AccuracySums: Equatable, Sendable {
    package private(set) var points: UInt64 = 0
    private var absolute = 0.0
    private var symmetric = 0.0
    /// Points with a lower and an upper bound.
    package private(set) var boundedPoints: UInt64 = 0
    private var covered: UInt64 = 0

    package init() {}

    /// Adds a point; one that is so far off that the sum would not be finite is left out.
    /// - Parameter bounds: nil: the forecast had none.
    mutating func add(forecast: Double, actual: Double, bounds: (lower: Double, upper: Double)?) {
        let error = abs(forecast - actual)
        let sum = absolute + error
        guard sum.isFinite else { return }
        absolute = sum
        points += 1
        // Halved, so that the sum of two large numbers is one, too.
        let size = abs(forecast) / 2 + abs(actual) / 2
        symmetric += size == 0 ? 0 : error / size
        if let bounds {
            boundedPoints += 1
            covered += actual >= bounds.lower && actual <= bounds.upper ? 1 : 0
        }
    }

    /// Adds what others have summed up, unless that would not be finite.
    mutating func add(_ other: AccuracySums) {
        guard (absolute + other.absolute).isFinite else { return }
        absolute += other.absolute
        symmetric += other.symmetric
        points += other.points
        boundedPoints += other.boundedPoints
        covered += other.covered
    }

    /// Mean absolute error; of at least one point.
    package var mae: Double { absolute / Double(points) }
    /// From 0 to 2; of at least one point.
    package var smape: Double { symmetric / Double(points) }
    /// Fraction of what came that lies within the bounds; nil: there were none.
    package var coverage: Double? { boundedPoints == 0 ? nil : Double(covered) / Double(boundedPoints) }
}
