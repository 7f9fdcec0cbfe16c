/// Errors of a point forecast against the actuals that are known, each over the points it is defined
/// for; nil where it is defined for none.
///
/// MAE, RMSE, MAPE (points whose actual is 0 left out), sMAPE (2|f-a| / (|f|+|a|), 0/0 counts 0) and
/// MASE are as in Hyndman and Koehler, "Another look at measures of forecast accuracy" (2006), as
/// fractions, not percent; MASE is scaled by the seasonal-naive forecast's mean absolute error on the
/// history. Coverage is the share of actuals within the outermost quantiles, bounds included.
package struct ForecastMetrics: Equatable, Sendable {
    package struct Metric: Equatable, Sendable {
        package let value: Double
        /// At least 1.
        package let points: Int
    }

    package var mae: Metric?
    package var rmse: Metric?
    package var mape: Metric?
    package var smape: Metric?
    package var mase: Metric?
    package var coverage: Metric?

    /// - Parameters:
    ///   - actuals: for the first points of the forecast; NaN where not known.
    ///   - naiveError: mean absolute error of the seasonal-naive forecast on the history; nil, 0
    ///     or infinite where that is not defined.
    ///   - bounds: the lowest and the highest quantile of each point; nil without quantiles.
    init(
        actuals: UnsafeBufferPointer<Double>, forecast: borrowing [Double], naiveError: Double?,
        bounds: ((Int) -> (low: Double, high: Double))?
    ) {
        var points = 0
        var absolute = 0.0
        var squared = 0.0
        var relative = 0.0
        var relativePoints = 0
        var symmetric = 0.0
        var covered = 0
        for index in 0..<min(actuals.count, forecast.count) where unsafe !actuals[index].isNaN {
            let actual = unsafe actuals[index]
            let value = forecast[index]
            let error = abs(value - actual)
            points += 1
            absolute += error
            squared += error * error
            if actual != 0 {
                relative += error / abs(actual)
                relativePoints += 1
            }
            let sum = abs(value) + abs(actual)
            symmetric += sum == 0 ? 0 : 2 * error / sum
            if let bounds {
                let (low, high) = bounds(index)
                covered += actual >= low && actual <= high ? 1 : 0
            }
        }
        guard points > 0 else { return }
        let count = Double(points)
        mae = Self.metric(absolute / count, points)
        rmse = Self.metric((squared / count).squareRoot(), points)
        mape = relativePoints > 0 ? Self.metric(relative / Double(relativePoints), relativePoints) : nil
        smape = Self.metric(symmetric / count, points)
        if let naiveError, naiveError > 0, naiveError.isFinite {
            mase = Self.metric(absolute / count / naiveError, points)
        }
        coverage = bounds == nil ? nil : Self.metric(Double(covered) / count, points)
    }

    /// A value that overflowed is not defined either.
    private static func metric(_ value: Double, _ points: Int) -> Metric? {
        value.isFinite ? Metric(value: value, points: points) : nil
    }
}
