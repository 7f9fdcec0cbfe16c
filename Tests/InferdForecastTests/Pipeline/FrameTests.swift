import InferdBase
import Testing

@testable import InferdForecast

struct FrameTests {
    private static let hour: Int64 = 3_600_000_000

    private func refusal(_ scaler: Scaler, _ values: [Double]) throws -> RequestError? {
        let model = FakeModel(try ForecastSpecification.simple(scaler: scaler).plan())
        return #expect(throws: RequestError.self) { try model.predict(StubInput([.init("load", values)], start: 0)) }
    }

    @Test func theWindowIsTheLastRowsScaled() throws {
        let scaler = Scaler.fitted(.standard, center: 10, spread: 2)
        let model = FakeModel(try ForecastSpecification.simple(scaler: scaler).plan())
        let answer = try model.predict(StubInput([.init("load", [1, 10, 12, 14])], start: 0, horizon: 1))
        #expect(answer.calls[0].rows == [[0], [1], [2]])
        #expect(answer.values == [10])
    }

    @Test func perWindowNumbersComeFromTheWindowAlone() throws {
        let model = FakeModel(try ForecastSpecification.simple(scaler: .perWindow(.minmax)).plan()) { _ in [0.5] }
        let answer = try model.predict(StubInput([.init("load", [1000, 10, 12, 14])], start: 0))
        #expect(answer.calls[0].rows == [[0], [0.5], [1]])
        // And stay for the whole horizon.
        #expect(answer.values == [12, 12])
    }

    @Test func aConstantWindowForecastsItsValueExactly() throws {
        let model = FakeModel(try ForecastSpecification.simple(scaler: .perWindow(.standard)).plan()) { _ in [3] }
        let answer = try model.predict(StubInput([.init("load", [0.1, 0.1, 0.1])], start: 0))
        #expect(answer.calls[0].rows == [[0], [0], [0]])
        #expect(answer.values == [0.1, 0.1])
    }

    @Test func valuesWithoutALogarithmAreNamed() throws {
        let field = "predict.history.channels[0].values[2]"
        #expect(
            try refusal(.log1p, [-5, 0, -1, 2]) == .invalid(field, "-1.0 has no logarithm: it must be more than -1"))
        #expect(
            try refusal(.log1p, [0, 1, -7, 2]) == .invalid(field, "-7.0 has no logarithm: it must be more than -1"))
        // Outside the window it does no harm.
        let model = FakeModel(try ForecastSpecification.simple(scaler: .log1p).plan())
        #expect(try model.predict(StubInput([.init("load", [-5, 0, 1, 2])], start: 0)).values == [0, 0])
    }

    @Test func valuesTooLargeForTheModelsNumbersAreNamed() throws {
        #expect(
            try refusal(.none, [0, 1, 2, 1e39])
                == .invalid("predict.history.channels[0].values[3]", "1e+39 is too large for this model's scale"))
        #expect(
            try refusal(.fitted(.standard, center: 0, spread: 1e-300), [0, 0, 1e30])?.field
                == "predict.history.channels[0].values[2]")
    }

    @Test(arguments: Scaler.Kind.allCases)
    func windowsWhoseSpreadOverflowsAreRefused(kind: Scaler.Kind) throws {
        #expect(
            try refusal(.perWindow(kind), [0, -1.7e308, 1.7e308, 1.7e308, -1.7e308].suffix(3) + [])?.field
                == "predict.history.channels[0]")
    }

    @Test func faultsInFilledPointsNameThePointBefore() throws {
        let model = FakeModel(try ForecastSpecification.simple(gaps: .ffill, scaler: .log1p).plan())
        let input = StubInput(
            [.init("load", [1, -2, 3])], stamps: [0, Self.hour, 5 * Self.hour], horizon: 1)
        let error = #expect(throws: RequestError.self) { try model.predict(input) }
        #expect(error?.field == "predict.history.channels[0].values[1]")
    }

    @Test func faultsInTheFutureAreNamed() throws {
        let model = FakeModel(try ForecastSpecification.simple(others: [.covariate("wind", .log1p)]).plan())
        let input = StubInput(
            [.init("load", [1, 2, 3]), .init("wind", [1, 2, 3])], start: 0, future: [.init("wind", [1, -1])])
        let error = #expect(throws: RequestError.self) { try model.predict(input) }
        #expect(error == .invalid("predict.future[0].values[1]", "-1.0 has no logarithm: it must be more than -1"))
    }

    /// Columns are the model's, whatever the request's order of channels.
    @Test func channelsAndCalendarStandInTheModelsOrder() throws {
        let plan = try ForecastSpecification.simple(
            zone: "Asia/Kolkata", window: 2, others: [.calendar(.hour, .scaled), .covariate("wind")]
        ).plan()
        let input = StubInput(
            [.init("wind", [5, 6]), .init("load", [1, 2])], start: 0, future: [.init("wind", [7, 8])])
        let answer = try FakeModel(plan) { [Float($0.index + 3)] }.predict(input)
        // The epoch is 05:30 in Kolkata.
        let hours = (5...8).map { Float(Double($0) / 23) }
        #expect(answer.calls[0].rows == [[1, hours[0], 5], [2, hours[1], 6]])
        #expect(answer.calls[1].rows == [[2, hours[1], 6], [3, hours[2], 7]])
    }

    @Test func calendarFeaturesAreOfTheLocalClock() throws {
        let plan = try ForecastSpecification.simple(
            zone: "America/New_York", window: 3, others: [.calendar(.hour, .scaled)]
        ).plan()
        // 00:00, 01:00 and, the clocks being set forward, 03:00.
        let start = try Timestamp.parse("2013-03-10T05:00Z", zone: nil)
        let answer = try FakeModel(plan).predict(StubInput([.init("load", [1, 2, 3])], start: start))
        #expect(answer.calls[0].rows.map { $0[1] } == [0, Float(1.0 / 23), Float(3.0 / 23)])
    }

    /// A direct model sees its greatest horizon: past the end of the years the last row goes on.
    @Test func rowsPastTheLastYearRepeatTheLast() throws {
        let plan = try ForecastSpecification.simple(
            window: 2, horizon: 1, maximum: 3, others: [.calendar(.hour, .scaled)], decode: .direct, future: true
        ).plan()
        let start = Timestamp.range.upperBound - 2 * Self.hour
        let answer = try FakeModel(plan).predict(StubInput([.init("load", [1, 2])], start: start))
        #expect(answer.calls[0].future == [[1], [1], [1]])
    }
}
