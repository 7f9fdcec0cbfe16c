import InferdBase
import Testing

@testable import InferdForecast

struct PrecheckTests {
    private static let hour: Int64 = 3_600_000_000

    /// A model of `load` and of `wind`, which is known in the future, with three quantiles.
    private static func model() throws -> FakeModel {
        FakeModel(
            try ForecastSpecification.simple(
                others: [.covariate("wind")], quantiles: [0.1, 0.5, 0.9]
            ).plan())
    }

    private static func input(
        load: [Double] = [1, 2, 3, 4], wind: [Double] = [5, 6, 7, 8], more: [StubInput.Series] = [],
        stamps: [Int64] = [], start: Int64? = 0, step: String = "", horizon: UInt32 = 0,
        future: [StubInput.Series] = [.init("wind", [9, 9, 9, 9])], quantiles: [Double] = [], actuals: [Double] = [],
        seriesID: String = ""
    ) -> StubInput {
        StubInput(
            [.init("load", load), .init("wind", wind)] + more, stamps: stamps, start: start, step: step,
            horizon: horizon, future: future, quantiles: quantiles, actuals: actuals, seriesID: seriesID)
    }

    /// A request, and the field that its refusal names.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: String
        let message: String
        let make: @Sendable () -> StubInput

        init(_ field: String, _ message: String, _ make: @escaping @Sendable () -> StubInput) {
            testDescription = "\(field): \(message)"
            self.field = field
            self.message = message
            self.make = make
        }
    }

    static let refusals: [Refusal] = [
        Refusal("predict.series_id", "more than 256 bytes") { input(seriesID: String(repeating: "x", count: 257)) },
        Refusal("predict.history", "holds no channel") { StubInput([], start: 0) },
        Refusal("predict.history", "time is given twice, by timestamps_us and by regular") {
            input(stamps: [0, hour, 2 * hour, 3 * hour])
        },
        Refusal("predict.history", "time is missing: give timestamps_us or regular") { input(start: nil) },
        Refusal("predict.history", "holds no points") { input(load: [], wind: []) },
        Refusal("predict.history", "16385 points; at most 16384") {
            let values = [Double](repeating: 1, count: 16_385)
            return input(load: values, wind: values)
        },
        Refusal("predict.history.channels", "the model needs the channel 'wind'") {
            StubInput([.init("load", [1, 2, 3])], start: 0)
        },
        Refusal("predict.history.channels[2].name", "the model has no channel 'rain'") {
            input(more: [.init("rain", [1, 2, 3, 4])])
        },
        Refusal("predict.history.channels[2].name", "'load' is given twice") {
            input(more: [.init("load", [1, 2, 3, 4])])
        },
        Refusal("predict.history.channels[1]", "has 3 values; the history has 4 points") { input(wind: [1, 2, 3]) },
        Refusal("predict.history.channels[0]", "has 4 values; the history has 3 points") {
            input(stamps: [0, hour, 2 * hour], start: nil)
        },
        Refusal("predict.history.channels[0].values[2]", "nan is not finite") { input(load: [1, 2, .nan, 4]) },
        Refusal("predict.history.channels[1].values[0]", "-inf is not finite") { input(wind: [-.infinity, 2, 3, 4]) },
        Refusal("predict.horizon", "5 steps; this model forecasts at most 4") { input(horizon: 5) },
        Refusal("predict.horizon", "4294967295 steps; this model forecasts at most 4") { input(horizon: .max) },
        Refusal("predict.future", "the model needs 'wind' for the horizon") { input(future: []) },
        Refusal("predict.future[1].name", "the model takes no 'load' for the horizon") {
            input(future: [.init("wind", [1, 2]), .init("load", [1, 2])])
        },
        Refusal("predict.future[1].name", "'wind' is given twice") {
            input(future: [.init("wind", [1, 2]), .init("wind", [1, 2])])
        },
        Refusal("predict.future[0]", "has 2 values; the horizon has 3 steps") {
            input(horizon: 3, future: [.init("wind", [1, 2])])
        },
        Refusal("predict.future[0].values[1]", "inf is not finite") { input(future: [.init("wind", [1, .infinity])]) },
        Refusal("predict.quantiles[0]", "0.3 is none of the model's: 0.1, 0.5, 0.9") { input(quantiles: [0.3]) },
        Refusal("predict.quantiles[0]", "1.0 does not lie between 0 and 1") { input(quantiles: [1]) },
        Refusal("predict.quantiles[1]", "nan does not lie between 0 and 1") { input(quantiles: [0.5, .nan]) },
        Refusal("predict.quantiles[2]", "0.5 is given twice") { input(quantiles: [0.5, 0.1, 0.5]) },
        Refusal("predict.quantiles", "33 levels; at most 32") { input(quantiles: [Double](repeating: 0.5, count: 33)) },
        Refusal("predict.actuals", "3 values; the horizon has 2 steps") { input(actuals: [1, 2, 3]) },
        Refusal("predict.actuals[1]", "inf is not finite; NaN stands for unknown") { input(actuals: [1, .infinity]) },
    ]

    @Test(arguments: refusals)
    func refusalsNameFieldAndIndex(refusal: Refusal) throws {
        let model = try Self.model()
        let error = #expect(throws: RequestError.self) { try model.predict(refusal.make()) }
        #expect(error == .invalid(refusal.field, refusal.message))
    }

    @Test func aRequestWithoutFaultsPasses() throws {
        let answer = try Self.model().predict(Self.input(quantiles: [0.9, 0.1], actuals: [1, .nan]))
        #expect(answer.values.count == 2 && answer.quantileLevels == [0.9, 0.1])
    }

    @Test func aPointForecastHasNoQuantiles() throws {
        let model = FakeModel(try ForecastSpecification.simple().plan())
        let error = #expect(throws: RequestError.self) {
            try model.predict(StubInput([.init("load", [1, 2, 3])], start: 0, quantiles: [0.5]))
        }
        #expect(error == .invalid("predict.quantiles[0]", "the model forecasts no quantiles"))
    }

    @Test func valuesPastTheHorizonAreNotLookedAt() throws {
        let answer = try Self.model().predict(Self.input(future: [.init("wind", [1, 2, .nan])]))
        #expect(answer.values.count == 2)
    }

    /// What a caller sends is not sent back at any length.
    @Test func messagesStayShortWhateverTheNames() throws {
        let model = try Self.model()
        let long = "load" + String(repeating: "e\u{301}\u{302}", count: 100_000)
        for input in [
            Self.input(more: [.init(long, [1, 2, 3, 4])]),
            Self.input(future: [.init("wind", [1, 2]), .init(long, [1])]),
            Self.input(step: long),
        ] {
            let error = #expect(throws: RequestError.self) { try model.predict(input) }
            #expect((error?.message.utf8.count ?? .max) < 200)
        }
    }
}
