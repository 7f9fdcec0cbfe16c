import InferdBase
import Testing

@testable import InferdForecast

struct UniformTests {
    private static let hour: Int64 = 3_600_000_000

    private func model(
        _ gaps: ForecastSpecification.GapPolicy = .reject, tolerance: Int64 = 0, step: String = "1h",
        zone: String = "UTC", window: Int = 3
    ) throws -> FakeModel {
        FakeModel(
            try ForecastSpecification.simple(
                step: step, zone: zone, tolerance: tolerance, window: window, gaps: gaps
            ).plan())
    }

    private func input(_ stamps: [Int64], _ values: [Double]? = nil, horizon: UInt32 = 0) -> StubInput {
        StubInput(
            [.init("load", values ?? stamps.indices.map(Double.init))], stamps: stamps, horizon: horizon)
    }

    /// Hours after the epoch.
    private func hours(_ hours: Int64...) -> [Int64] { hours.map { $0 * Self.hour } }

    private func refusal(_ model: FakeModel, _ input: StubInput) -> RequestError? {
        #expect(throws: RequestError.self) { try model.predict(input) }
    }

    @Test func stampsThatRepeatOrGoBackAreRefused() throws {
        let model = try model()
        #expect(
            refusal(model, input(hours(0, 1, 1)))
                == .invalid("predict.history.timestamps_us[2]", "1970-01-01T01:00:00Z repeats the point before"))
        #expect(
            refusal(model, input(hours(0, 2, 1)))
                == .invalid("predict.history.timestamps_us[1]", "comes after a gap: 1970-01-01T01:00:00Z is missing"))
        #expect(
            refusal(model, input(hours(0, 1, 0)))
                == .invalid("predict.history.timestamps_us[2]", "1970-01-01T00:00:00Z goes back in time"))
    }

    @Test func stampsOffTheGridAreRefusedBeyondTheTolerance() throws {
        let second: Int64 = 1_000_000
        let exact = try model()
        #expect(
            refusal(exact, input([0, Self.hour + 1, 2 * Self.hour]))
                == .invalid(
                    "predict.history.timestamps_us[1]",
                    "1970-01-01T01:00:00.000001Z is no whole number of steps of 1h after the first"))
        let tolerant = try model(tolerance: 5 * second)
        let stamps = [0, Self.hour + 5 * second, 2 * Self.hour - 5 * second]
        let answer = try tolerant.predict(input(stamps))
        // The forecast goes on from the grid, not from the last stamp.
        #expect(answer.timestamps == [3 * Self.hour, 4 * Self.hour])
        #expect(answer.filledPoints == 0)
        #expect(
            refusal(tolerant, input([0, Self.hour, 2 * Self.hour - 5 * second - 1]))?.field
                == "predict.history.timestamps_us[2]")
    }

    @Test func twoStampsOfOnePlaceAreRefused() throws {
        let model = try model(tolerance: 60_000_000)
        let stamps = [0, Self.hour - 1, Self.hour + 1]
        #expect(
            refusal(model, input(stamps))
                == .invalid("predict.history.timestamps_us[2]", "1970-01-01T01:00:00.000001Z repeats the point before"))
    }

    @Test(arguments: [Int64.min, Timestamp.range.lowerBound - 1, Timestamp.range.upperBound + 1, Int64.max])
    func stampsOutsideTheYearsAreRefused(stamp: Int64) throws {
        let model = try model(.ffill)
        let error = RequestError.invalid("predict.history.timestamps_us[1]", "lies outside the years 1 to 9999")
        #expect(refusal(model, input([0, stamp, Self.hour])) == error)
        #expect(
            refusal(model, StubInput([.init("load", [1, 2, 3])], start: stamp))
                == .invalid("predict.history.regular.start_us", "lies outside the years 1 to 9999"))
    }

    @Test func aForecastBeyondTheYearsIsRefused() throws {
        let model = try model()
        let last = Timestamp.range.upperBound - 4 * Self.hour
        #expect(try model.predict(StubInput([.init("load", [1, 2, 3])], start: last)).timestamps.count == 2)
        #expect(
            refusal(model, StubInput([.init("load", [1, 2, 3])], start: last, horizon: 3))
                == .invalid("predict.horizon", "reaches beyond the year 9999"))
    }

    @Test func theStepMustBeTheModels() throws {
        let model = try model()
        let values = [StubInput.Series("load", [1, 2, 3])]
        #expect(try model.predict(StubInput(values, start: 0, step: "60min")).values.count == 2)
        #expect(
            refusal(model, StubInput(values, start: 0, step: "1d"))
                == .invalid("predict.history.regular.step", "is 1d; the model's step is 1h"))
        #expect(refusal(model, StubInput(values, start: 0, step: "soon"))?.field == "predict.history.regular.step")
    }

    @Test func tooShortHistoriesAreRefused() throws {
        #expect(
            refusal(try model(), input(hours(0, 1))) == .invalid("predict.history", "has 2 points; the model reads 3"))
        // Filled points count.
        #expect(try model(.ffill).predict(input(hours(0, 2))).filledPoints == 1)
    }

    // Gaps.

    private func window(_ model: FakeModel, _ input: StubInput) throws -> [Float] {
        try model.predict(input).calls[0].rows.map { $0[0] }
    }

    @Test func gapsAreFilledForwardOrOnALine() throws {
        let input = input(hours(0, 1, 4, 5), [10, 20, 50, 60])
        #expect(try window(model(.ffill, window: 6), input) == [10, 20, 20, 20, 50, 60])
        #expect(try window(model(.interpolate, window: 6), input) == [10, 20, 30, 40, 50, 60])
        let answer = try model(.interpolate).predict(input)
        #expect(answer.filledPoints == 2)
        #expect(answer.timestamps == hours(6, 7))
    }

    /// The window may begin within a gap, right after one, or at the history's first point.
    @Test(arguments: [
        (1, [60]), (2, [50, 60]), (3, [40, 50, 60]), (4, [30, 40, 50, 60]), (5, [20, 30, 40, 50, 60]),
    ])
    func windowsMayBeginWithinAGap(length: Int, expected: [Float]) throws {
        let input = input(hours(0, 1, 4, 5), [10, 20, 50, 60])
        #expect(try window(model(.interpolate, window: length), input) == expected)
    }

    @Test func observationsAreTheRequestsOwnPoints() throws {
        let second: Int64 = 1_000_000
        var run = ForecastRun(plan: try ForecastSpecification.simple(tolerance: second, gaps: .ffill).plan())
        let stamps = hours(0, 1, 4, 5)
        let input = input([stamps[0], stamps[1] + second, stamps[2] - second, stamps[3]], [10, 20, 50, 60])
        try run.precheck(input)
        try run.checkUniform(input)
        #expect(run.filledPoints == 2)
        #expect((0..<run.observationCount).map { run.observationTime($0) } == stamps)
        #expect(unsafe Array(run.observations(input)) == [10, 20, 50, 60])
    }

    @Test func whatIsForecastIsToldByTargetAndStep() throws {
        let hourly = try ForecastSpecification.simple().plan().quantity
        #expect(try ForecastSpecification.simple(step: "60min", window: 5, scaler: .log1p).plan().quantity == hourly)
        #expect(try ForecastSpecification.simple(step: "1d").plan().quantity != hourly)
        var other = try ForecastSpecification.simple()
        other.features = [.covariate("wind")]
        #expect(try other.plan().quantity != hourly)
    }

    @Test func gapsAtBothEdgesAreFilled() throws {
        let input = input(hours(0, 2, 3, 5), [10, 30, 40, 60])
        #expect(try window(model(.interpolate, window: 6), input) == [10, 20, 30, 40, 50, 60])
        #expect(try window(model(.ffill, window: 6), input) == [10, 10, 30, 40, 40, 60])
    }

    @Test func gapsOfCalendarStepsAreCountedByTheCalendar() throws {
        // Noon in New York, over the change of 2013-03-10, without the 10th and the 11th.
        let zone = try SystemZone.named("America/New_York")
        let stamps = try ["2013-03-08T12:00", "2013-03-09T12:00", "2013-03-12T12:00"].map {
            try Timestamp.parse($0, zone: zone)
        }
        let answer = try model(.interpolate, step: "1d", zone: "America/New_York", window: 5).predict(
            input(stamps, [8, 9, 12]))
        #expect(answer.filledPoints == 2)
        #expect(answer.calls[0].rows.map { $0[0] } == [8, 9, 10, 11, 12])
        #expect(Timestamp.text(answer.timestamps[0], in: zone) == "2013-03-13T12:00:00-04:00")
    }

    @Test(arguments: [ForecastSpecification.GapPolicy.ffill, .interpolate])
    func aGapOfABillionStepsIsRefusedWithoutBeingFilled(policy: ForecastSpecification.GapPolicy) throws {
        let plan = try ForecastSpecification.simple(step: "1us", gaps: policy).plan()
        var run = ForecastRun(plan: plan)
        let input = input([0, 1, 2_000_000_000, 200_000_000_000_000_000])
        try run.precheck(input)
        #expect(throws: RequestError.invalid("predict.history", "has more than 16384 points once its gaps are filled"))
        {
            try run.checkUniform(input)
        }
        #expect(run.places.count <= 4)
    }

    @Test func aHistoryFilledToTheLimitIsServed() throws {
        let model = try model(.ffill, step: "1us")
        #expect(try model.predict(input([0, 16_383])).filledPoints == 16_382)
        #expect(refusal(model, input([0, 16_384]))?.field == "predict.history")
    }
}
