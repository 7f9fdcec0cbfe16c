import InferdBase
import Testing

@testable import InferdForecast

struct DecodeTests {
    private func input(_ values: [Double] = [1, 2, 3, 4], horizon: UInt32 = 0, quantiles: [Double] = []) -> StubInput {
        StubInput([.init("load", values)], start: 0, horizon: horizon, quantiles: quantiles)
    }

    private func rows(_ call: FakeModel.Call) -> [Float] { call.rows.map { $0[0] } }

    @Test func directModelsRunOnceAndAreCutToTheHorizon() throws {
        let plan = try ForecastSpecification.simple(decode: .direct).plan()
        let answer = try FakeModel(plan) { _ in [10, 20, 30, 40] }.predict(input(horizon: 3))
        #expect(answer.calls.map(rows) == [[2, 3, 4]])
        #expect(answer.values == [10, 20, 30])
        #expect(answer.timestamps == (4...6).map { $0 * 3_600_000_000 })
        #expect(plan.runCount(horizon: 3) == 1)
    }

    @Test func directModelsSeeWhatIsKnownOfTheFuture() throws {
        let plan = try ForecastSpecification.simple(
            window: 2, others: [.calendar(.hour, .scaled), .covariate("past", known: false), .covariate("wind")],
            decode: .direct, future: true
        ).plan()
        let request = StubInput(
            [.init("load", [1, 2]), .init("past", [3, 4]), .init("wind", [5, 6])], start: 0,
            future: [.init("wind", [7, 8])])
        let answer = try FakeModel(plan).predict(request)
        // Covariates before calendar, at the greatest horizon: past what was asked for the last value goes on.
        let hours: [Float] = [2, 3, 4, 5].map { Float(Double($0) / 23) }
        let expected: [[Float]] = [[7, hours[0]], [8, hours[1]], [8, hours[2]], [8, hours[3]]]
        #expect(answer.calls[0].future == expected)
        #expect(answer.calls[0].rows[1] == [2, Float(1.0 / 23), 4, 6])
    }

    @Test func autoregressiveModelsAreFedTheirOutputs() throws {
        let plan = try ForecastSpecification.simple().plan()
        let answer = try FakeModel(plan) { [Float(($0.index + 1) * 10)] }.predict(input(horizon: 4))
        #expect(answer.calls.map(rows) == [[2, 3, 4], [3, 4, 10], [4, 10, 20], [10, 20, 30]])
        #expect(answer.values == [10, 20, 30, 40])
        #expect(plan.runCount(horizon: 4) == 4)
    }

    @Test func chunksAreAppendedWholeAndTheLastIsCut() throws {
        let plan = try ForecastSpecification.simple(decode: .autoregressive(chunk: 3)).plan()
        let answer = try FakeModel(plan) { call in (1...3).map { Float(call.index * 10 + $0) } }.predict(
            input(horizon: 4))
        #expect(answer.calls.map(rows) == [[2, 3, 4], [1, 2, 3]])
        #expect(answer.values == [1, 2, 3, 11])
        #expect(plan.runCount(horizon: 4) == 2)
    }

    @Test func theMedianIsFedBackAndAnyQuantileMayBeAskedFor() throws {
        let plan = try ForecastSpecification.simple(quantiles: [0.1, 0.5, 0.9]).plan()
        let model = FakeModel(plan) { call in [1, 5, 9].map { $0 + Float(call.index) } }
        let answer = try model.predict(input(quantiles: [0.9, 0.1]))
        #expect(answer.calls.map(rows) == [[2, 3, 4], [3, 4, 5]])
        #expect(answer.values == [5, 6])
        #expect(answer.quantileLevels == [0.9, 0.1])
        #expect(answer.quantileValues == [9, 10, 1, 2])
    }

    @Test func statefulModelsReadTheWindowOnceThenTheirOutputs() throws {
        let plan = try ForecastSpecification.simple(decode: .stateful).plan()
        let answer = try FakeModel(plan) { [Float(($0.index + 1) * 10)] }.predict(input(horizon: 3))
        #expect(answer.calls.map(rows) == [[2, 3, 4], [10], [20]])
        #expect(answer.values == [10, 20, 30])
        #expect(plan.runCount(horizon: 3) == 3)
    }

    @Test func singleRowModelsAreLedThroughTheWindowFirst() throws {
        let plan = try ForecastSpecification.simple(decode: .stateful).plan(singleRows: true)
        let answer = try FakeModel(plan) { [Float(($0.index + 1) * 10)] }.predict(input(horizon: 3))
        #expect(answer.calls.map(rows) == [[2], [3], [4], [30], [40]])
        #expect(answer.calls.map(\.isPriming) == [true, true, false, false, false])
        #expect(answer.values == [30, 40, 50])
        #expect(plan.runCount(horizon: 3) == 5)
    }

    @Test func covariatesGoOnBesideTheOutputs() throws {
        for decode in [ForecastSpecification.DecodeMode.autoregressive(chunk: 1), .stateful] {
            let plan = try ForecastSpecification.simple(window: 2, others: [.covariate("wind")], decode: decode).plan()
            let request = StubInput(
                [.init("load", [1, 2]), .init("wind", [5, 6])], start: 0, horizon: 3,
                future: [.init("wind", [7, 8, 9])])
            let answer = try FakeModel(plan) { [Float(($0.index + 1) * 10)] }.predict(request)
            #expect(answer.calls.map { $0.rows.last ?? [] } == [[2, 6], [10, 7], [20, 8]])
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func outputsThatAreNotFiniteAreTheModelsFault(value: Float) throws {
        let plan = try ForecastSpecification.simple(quantiles: [0.1, 0.5]).plan()
        let model = FakeModel(plan) { $0.index == 1 ? [value, 1] : [1, 1] }
        let error = #expect(throws: RequestError.self) { try model.predict(input()) }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.message == "the model's output for step 2 of the horizon is not finite")
    }

    @Test func forecastsThatOverflowAreTheModelsFault() throws {
        let plan = try ForecastSpecification.simple(scaler: .log1p).plan()
        let error = #expect(throws: RequestError.self) { try FakeModel(plan) { _ in [1000] }.predict(input()) }
        #expect(error?.message == "the forecast for step 1 of the horizon is not finite")
    }

    /// A workspace is used again and again: nothing of one request shows in the next.
    @Test func requestsLeaveNothingBehind() throws {
        let plan = try ForecastSpecification.simple(
            season: 1, gaps: .interpolate, others: [.covariate("wind")], quantiles: [0.1, 0.5]
        ).plan()
        let model = FakeModel(plan) { call in [call.rows[2][0] / 2, call.rows[2][0] + call.rows[2][1]] }
        var run = ForecastRun(plan: plan)
        let hour: Int64 = 3_600_000_000
        func request(_ points: Int, _ horizon: UInt32) -> StubInput {
            let values = (0..<points).map { Double($0 * $0 % 7) }
            return StubInput(
                [.init("wind", values), .init("load", values)], stamps: (0..<points).map { Int64($0 * 2) * hour },
                horizon: horizon, future: [.init("wind", [1, 2, 3, 4])], quantiles: [0.1], actuals: [1])
        }
        for (points, horizon) in [(9, 4), (3, 1), (30, 3), (2, 2), (9, 4)] as [(Int, UInt32)] {
            let kept = try model.predict(request(points, horizon), &run)
            let fresh = try model.predict(request(points, horizon))
            #expect(kept.values == fresh.values && kept.quantileValues == fresh.quantileValues)
            #expect(kept.timestamps == fresh.timestamps && kept.metrics == fresh.metrics)
            #expect(kept.filledPoints == points - 1)
            #expect(throws: RequestError.self) { try model.predict(StubInput([], start: 0), &run) }
            run.shrink()
        }
    }
}
