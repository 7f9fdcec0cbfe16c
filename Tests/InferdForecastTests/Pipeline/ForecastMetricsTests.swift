import InferdBase
import Testing

@testable import InferdForecast

struct ForecastMetricsTests {
    private func metrics(
        _ actuals: [Double], _ forecast: [Double], naive: Double? = nil, bounds: [(Double, Double)]? = nil
    ) -> ForecastMetrics {
        unsafe actuals.withUnsafeBufferPointer { buffer in
            unsafe ForecastMetrics(
                actuals: buffer, forecast: forecast, naiveError: naive,
                bounds: bounds.map { bounds in { (low: bounds[$0].0, high: bounds[$0].1) } })
        }
    }

    private func isClose(_ metric: ForecastMetrics.Metric?, _ value: Double, _ points: Int) -> Bool {
        metric.map { abs($0.value - value) < 1e-12 && $0.points == points } ?? false
    }

    /// Errors 1, 2 and 3 on actuals 2, 4 and -6.
    @Test func handComputedValues() {
        let found = metrics([2, 4, -6], [3, 2, -9], naive: 4, bounds: [(2, 2), (5, 9), (-7, 0)])
        #expect(isClose(found.mae, 2, 3))
        #expect(isClose(found.rmse, (14.0 / 3).squareRoot(), 3))
        #expect(isClose(found.mape, (0.5 + 0.5 + 0.5) / 3, 3))
        #expect(isClose(found.smape, (2.0 / 5 + 4.0 / 6 + 6.0 / 15) / 3, 3))
        #expect(isClose(found.mase, 0.5, 3))
        // Bounds belong to the interval.
        #expect(isClose(found.coverage, 2.0 / 3, 3))
    }

    @Test func unknownActualsAreLeftOut() {
        let found = metrics([.nan, 4, .nan], [1, 2, 3], naive: 1, bounds: [(0, 0), (4, 4), (0, 0)])
        #expect(isClose(found.mae, 2, 1) && isClose(found.rmse, 2, 1) && isClose(found.mase, 2, 1))
        #expect(isClose(found.coverage, 1, 1))
    }

    @Test func fewerActualsThanTheHorizonAreTheFirst() {
        #expect(isClose(metrics([2], [3, 100]).mae, 1, 1))
    }

    @Test func actualsOfZeroAreLeftOutOfMAPEAlone() {
        let found = metrics([0, 2], [1, 3])
        #expect(isClose(found.mape, 0.5, 1))
        // 2|f-a| / (|f|+|a|) of a zero actual is 2.
        #expect(isClose(found.smape, (2 + 2.0 / 5) / 2, 2))
    }

    @Test func zeroForZeroCountsNothingInSMAPE() {
        #expect(isClose(metrics([0, 2], [0, 3]).smape, (2.0 / 5) / 2, 2))
    }

    @Test func undefinedMetricsAreAbsent() {
        #expect(metrics([], [1]) == ForecastMetrics.none)
        #expect(metrics([.nan, .nan], [1, 2], naive: 1, bounds: [(0, 1), (0, 1)]) == ForecastMetrics.none)
        let zeros = metrics([0, 0], [1, 2])
        #expect(zeros.mape == nil && zeros.mae != nil && zeros.mase == nil && zeros.coverage == nil)
        // A naive forecast without error has nothing to compare with, nor has one whose error overflowed.
        for naive in [0, Double.infinity, .nan] {
            #expect(metrics([1], [2], naive: naive).mase == nil, "\(naive)")
        }
    }

    @Test func overflowedMetricsAreAbsentAndTheOthersThere() {
        let found = metrics([-1e200], [1e200])
        #expect(found.rmse == nil && isClose(found.mape, 2, 1) && isClose(found.smape, 2, 1))
        let extreme = metrics([-1.7e308], [1.7e308])
        #expect(extreme == ForecastMetrics.none)
    }

    // Through the stages.

    private static func run(
        _ specification: ForecastSpecification, history: [Double], actuals: [Double]
    ) throws -> ForecastMetrics? {
        let model = try FakeModel(specification.plan()) { _ in [1, 5, 9] }
        return try model.predict(StubInput([.init("load", history)], start: 0, actuals: actuals)).metrics
    }

    @Test func withoutActualsThereAreNoMetrics() throws {
        let specification = try ForecastSpecification.simple(season: 1, quantiles: [0.1, 0.5, 0.9])
        #expect(try Self.run(specification, history: [1, 2, 3], actuals: []) == nil)
    }

    /// The season before: |5-1|, |7-2|, |9-5| and a mean of 13 / 3.
    @Test func naiveErrorsAreOfTheSeasonBefore() throws {
        let specification = try ForecastSpecification.simple(season: 2, quantiles: [0.1, 0.5, 0.9])
        let found = try #require(try Self.run(specification, history: [1, 2, 5, 7, 9], actuals: [6, 12]))
        #expect(isClose(found.mae, 4, 2))
        #expect(isClose(found.mase, 4 / (13.0 / 3), 2))
        // 1 to 9 holds 6 and not 12: the outermost quantiles.
        #expect(isClose(found.coverage, 0.5, 2))
    }

    @Test(arguments: [(3, 3, false), (3, 4, true), (4, 4, false)])
    func scaledErrorsNeedASeasonAndOneMorePoint(season: Int, points: Int, isThere: Bool) throws {
        let specification = try ForecastSpecification.simple(season: season, quantiles: [0.1, 0.5, 0.9])
        let history = (0..<points).map { Double($0 * $0) }
        #expect((try Self.run(specification, history: history, actuals: [1])?.mase != nil) == isThere)
    }

    @Test func anOverflowedNaiveErrorIsNoDenominator() throws {
        let specification = try ForecastSpecification.simple(season: 1, quantiles: [0.1, 0.5, 0.9])
        // Before the window, where nothing scales them.
        let found = try Self.run(specification, history: [-1.7e308, 1.7e308, 1, 2, 3], actuals: [6])
        #expect(found?.mae != nil && found?.mase == nil)
    }
}

extension ForecastMetrics {
    fileprivate static var none: ForecastMetrics {
        let nothing: [Double] = []
        return unsafe nothing.withUnsafeBufferPointer {
            unsafe ForecastMetrics(actuals: $0, forecast: [], naiveError: nil, bounds: nil)
        }
    }
}
