import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// Forecast requests that can never succeed, against the real daemon.
struct PredictRefusalTests {
    struct Case: Sendable {
        let name: String
        var model = "auto"
        var version: UInt64 = 0
        let code: StatusCode
        let field: String
        let text: String
        let change: @Sendable (inout PredictValues) -> Void

        init(
            _ name: String, model: String = "auto", version: UInt64 = 0, code: StatusCode = .invalidArgument,
            _ field: String, _ text: String, _ change: @escaping @Sendable (inout PredictValues) -> Void = { _ in }
        ) {
            self.name = name
            self.model = model
            self.version = version
            self.code = code
            self.field = field
            self.text = text
            self.change = change
        }
    }

    private static let hour: Int64 = 3_600_000_000
    /// 2024-01-01T00:00:00Z.
    private static let start: Int64 = 1_704_067_200_000_000

    /// What the model takes without complaint.
    private static func sound(_ model: String) -> PredictValues {
        var values = PredictValues()
        values.timestamps = (0..<12).map { start + hour * $0 }
        let line = (0..<12).map { 40 + Double($0) }
        values.channels = [PredictValues.Channel(name: "load", values: line)]
        if model == "direct-future" {
            values.channels.append(PredictValues.Channel(name: "wind", values: line))
            values.channels.append(PredictValues.Channel(name: "price", values: line))
            values.future = [PredictValues.Channel(name: "wind", values: Array(line.prefix(6)))]
        }
        return values
    }

    private static func setRegular(_ values: inout PredictValues, start: Int64 = start, step: String = "1h") {
        values.timestamps = []
        values.regular = PredictValues.RegularTime(start: start, step: step)
    }

    private static let history = "predict.history"

    private static let models = [
        Case("wrong model", model: "nobody", code: .notFound, "model", "no model"),
        Case("wrong version", version: 99, code: .notFound, "version", "it has 1"),
        Case("no name", model: "", "model", "names a model"),
        Case("a path for a name", model: "../auto", "model", "letters"),
        Case("a long name", model: String(repeating: "a", count: 65), "model", "at most 64"),
        Case("a model without a forecast", model: "linear", code: .failedPrecondition, "model", "`infer` only"),
        Case("a long series id", "predict.series_id", "256") { $0.seriesID = String(repeating: "s", count: 257) },
    ]

    private static let horizons = [
        Case("horizon over the model's", "predict.horizon", "at most 12") { $0.horizon = 13 },
        Case("horizon over all limits", "predict.horizon", "at most 12") { $0.horizon = .max },
        Case("unknown quantile", model: "direct-quantiles", "predict.quantiles[1]", "0.3 is none of") {
            $0.quantiles = [0.5, 0.3]
        },
        Case("quantile of a point forecast", "predict.quantiles[0]", "no quantiles") { $0.quantiles = [0.5] },
        Case("quantile beyond 1", model: "direct-quantiles", "predict.quantiles[0]", "between") {
            $0.quantiles = [1.5]
        },
        Case("quantile NaN", model: "direct-quantiles", "predict.quantiles[0]", "between") { $0.quantiles = [.nan] },
        Case("quantile twice", model: "direct-quantiles", "predict.quantiles[2]", "twice") {
            $0.quantiles = [0.5, 0.6, 0.5]
        },
        Case("too many quantiles", model: "direct-quantiles", "predict.quantiles", "at most 32") {
            $0.quantiles = Array(repeating: 0.5, count: 33)
        },
        Case("more actuals than steps", "predict.actuals", "6 steps") { $0.actuals = Array(repeating: 1, count: 7) },
        Case("infinite actual", "predict.actuals[1]", "not finite") { $0.actuals = [1, .infinity] },
    ]

    private static let channels = [
        Case("short history", history, "reads 12") { values in
            values.timestamps.removeLast()
            values.channels[0].values.removeLast()
        },
        Case("no history at all", history, "no channel") { $0 = PredictValues() },
        Case("no points", history, "time is missing") { values in
            values.timestamps = []
            values.channels[0].values = []
        },
        Case("no points in equal steps", history, "no points") { values in
            setRegular(&values)
            values.channels[0].values = []
        },
        Case("unequal lengths", model: "direct-future", "predict.history.channels[1]", "has 11 values") {
            $0.channels[1].values.removeLast()
        },
        Case("more values than time stamps", "predict.history.channels[0]", "has 13 values") {
            $0.channels[0].values.append(1)
        },
        Case("missing covariate", model: "direct-future", "predict.history.channels", "'price'") {
            $0.channels.removeLast()
        },
        Case("missing target", "predict.history.channels", "'load'") { $0.channels[0].name = "Load" },
        Case("unknown channel", "predict.history.channels[1].name", "no channel 'more'") {
            $0.channels.append(PredictValues.Channel(name: "more", values: $0.channels[0].values))
        },
        Case("channel twice", "predict.history.channels[1].name", "twice") { $0.channels.append($0.channels[0]) },
        Case("too many channels", "predict.history.channels", "256") {
            $0.channels = Array(repeating: $0.channels[0], count: 257)
        },
        Case("missing future", model: "direct-future", "predict.future", "'wind'") { $0.future = [] },
        Case("short future", model: "direct-future", "predict.future[0]", "has 5 values") {
            $0.future[0].values.removeLast()
        },
        Case("future of what is not known ahead", model: "direct-future", "predict.future[1].name", "'price'") {
            $0.future.append(PredictValues.Channel(name: "price", values: $0.future[0].values))
        },
        Case("future of a model without", "predict.future[0].name", "'load'") { $0.future = $0.channels },
    ]

    private static let numbers = [
        Case("NaN", "predict.history.channels[0].values[3]", "not finite") { $0.channels[0].values[3] = .nan },
        Case("infinite", "predict.history.channels[0].values[11]", "not finite") {
            $0.channels[0].values[11] = -.infinity
        },
        Case("NaN ahead", model: "direct-future", "predict.future[0].values[2]", "not finite") {
            $0.future[0].values[2] = .nan
        },
        Case("more than the model's numbers hold", "predict.history.channels[0].values[4]", "too large") {
            $0.channels[0].values[4] = 1e300
        },
        Case("no logarithm", model: "scaler-log1p", "predict.history.channels[0].values[2]", "logarithm") {
            $0.channels[0].values[2] = -1
        },
    ]

    private static let times = [
        Case("back in time", "\(history).timestamps_us[5]", "goes back") { $0.timestamps[5] -= 3 * hour },
        Case("repeated", "\(history).timestamps_us[5]", "repeats") { $0.timestamps[5] = $0.timestamps[4] },
        Case("skipped", "\(history).timestamps_us[7]", "2024-01-01T07:00:00Z is missing") { values in
            for index in 7..<12 { values.timestamps[index] += hour }
        },
        Case("between steps", "\(history).timestamps_us[3]", "whole number of steps") {
            $0.timestamps[3] += hour / 2
        },
        Case("before all years", "\(history).timestamps_us[0]", "years 1 to 9999") { $0.timestamps[0] = .min },
        Case("after all years", "\(history).timestamps_us[11]", "years 1 to 9999") { $0.timestamps[11] = .max },
        Case("a forecast after all years", "predict.horizon", "year 9999") { values in
            setRegular(&values, start: 253_402_300_799_000_000 - 11 * hour)
        },
        Case("a start before all years", "\(history).regular.start_us", "years 1 to 9999") {
            setRegular(&$0, start: .min)
        },
        Case("a start after all years", "\(history).regular.start_us", "years 1 to 9999") {
            setRegular(&$0, start: .max)
        },
        Case("another step", "\(history).regular.step", "the model's step is 1h") { setRegular(&$0, step: "2h") },
        Case("no step", "\(history).regular.step", "whole number") { setRegular(&$0, step: "soon") },
        Case("a step of nothing", "\(history).regular.step", "no length") { setRegular(&$0, step: "0h") },
        Case("a step over all limits", "\(history).regular.step", "999999999") {
            setRegular(&$0, step: "99999999999999999999h")
        },
        Case("time twice", history, "twice") { values in
            values.regular = PredictValues.RegularTime(start: start, step: "")
        },
        Case("no time", history, "time is missing") { $0.timestamps = [] },
        Case("too many points", "\(history).timestamps_us", "16384") {
            $0.timestamps = Array(repeating: start, count: Limits.historyPoints + 1)
        },
        Case("a gap over all limits", model: "gaps-ffill", history, "once its gaps are filled") {
            $0.timestamps[11] += 20_000 * hour
        },
    ]

    @Test(arguments: ["auto", "direct-future", "direct-quantiles", "gaps-ffill", "scaler-log1p"])
    func theSoundRequestSucceedsWithTheDefaultHorizon(model: String) throws {
        let client = try BadInput.connect()
        try client.send(model: model) { $0.writePredict(Self.sound(model)) }
        let reply = try client.receive()
        guard case .predict(let forecast) = reply.body else {
            Issue.record("\(reply)")
            return
        }
        // A horizon of 0 stands for the model's default.
        #expect(forecast.values.count == 6)
        #expect(forecast.timestamps.first == Self.start + 12 * Self.hour)
    }

    @Test func whatCannotSucceedIsRefusedByFieldAndTheConnectionLives() throws {
        let client = try BadInput.connect()
        for item in Self.models + Self.horizons + Self.channels + Self.numbers + Self.times {
            var values = Self.sound(item.model)
            item.change(&values)
            let id = try client.send(model: item.model, version: item.version) { $0.writePredict(values) }
            try BadInput.expectRefusal(client, id: id, item.code, item.field, item.text, item.name)
        }
        // What was refused left nothing behind that the next request could see.
        try client.send(model: "direct-future") { $0.writePredict(Self.sound("direct-future")) }
        #expect(try client.receive().error == nil)
    }
}
