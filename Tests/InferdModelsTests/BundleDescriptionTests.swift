import InferdForecast
import Testing

@testable import InferdModels

struct BundleDescriptionTests {
    private func failure(_ yaml: String) -> String? {
        let error = #expect(throws: BundleError.self) { try BundleDescription(yaml: yaml) }
        #expect(error?.file == "model.yaml")
        return error?.message
    }

    @Test func everythingIsRead() throws {
        let found = try BundleDescription(yaml: TestBundle.description)
        #expect(
            found.text == "Load of a town" && found.maximumBatch == 8 && found.timeToLive == .microseconds(5_000_000))
        #expect(found.tensors == .init(window: "window", future: nil, output: "forecast", states: []))
        let forecast = found.forecast
        #expect(forecast.step == (try TimeStep(parsing: "1h")) && forecast.timeZone == "America/New_York")
        #expect(forecast.toleranceMicroseconds == 5_000_000 && forecast.window == 12)
        #expect(forecast.defaultHorizon == 6 && forecast.maximumHorizon == 30 && forecast.season == 24)
        #expect(forecast.gapPolicy == .ffill && forecast.unit == "MW" && forecast.quantiles == [0.1, 0.5, 0.9])
        #expect(forecast.decode == .autoregressive(chunk: 2))
        #expect(
            forecast.features == [
                .channel(
                    .init(name: "load", isKnownInFuture: false, scaler: .fitted(.standard, center: 50, spread: 12))),
                .channel(.init(name: "wind", isKnownInFuture: true, scaler: .perWindow(.minmax))),
                .calendar(.hour, .sin),
            ])
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let found = try BundleDescription(
            yaml: """
                format: 1
                task: forecast
                step: 1mo
                time_zone: UTC
                window: 12
                horizon: {default: 1, maximum: 1}
                features: [{channel: load, scaler: {kind: none}}]
                decode: {mode: stateful}
                tensors: {window: w, output: o, states: [{input: h, output: h2}]}
                """)
        #expect(found.text == "" && found.maximumBatch == 1 && found.timeToLive == nil)
        #expect(found.forecast.gapPolicy == .reject && found.forecast.season == nil && found.forecast.quantiles == [])
        #expect(found.forecast.toleranceMicroseconds == 0 && found.forecast.unit == "")
        #expect(found.tensors.states == [.init(input: "h", output: "h2", batchAxis: 0, initial: 0)])
    }

    @Test(arguments: [
        ("kind: log1p", Scaler.log1p), ("kind: none", .none),
        ("kind: minmax, min: 10, max: 30", .fitted(.minmax, center: 10, spread: 20)),
        ("kind: robust, median: 1, iqr: 2", .fitted(.robust, center: 1, spread: 2)),
        ("kind: robust, fit: per_window", .perWindow(.robust)),
        ("kind: standard, mean: 1, std: 0", .fitted(.standard, center: 1, spread: 0)),
    ])
    func scalersAreRead(text: String, scaler: Scaler) throws {
        let yaml = TestBundle.description.replacing("kind: standard, mean: 50.0, std: 12.0", with: text)
        let found = try BundleDescription(yaml: yaml).forecast.channels[0].scaler
        #expect(found == scaler)
    }

    @Test func anAnswerMayStayFreshUntilTheNextSample() throws {
        let yaml = TestBundle.description.replacing("ttl: 5s", with: "ttl: cadence")
        #expect(try BundleDescription(yaml: yaml).timeToLive == .cadence)
    }

    /// Of a right description: what is replaced, by what, and what is said then.
    static let faults: [(String, String, String)] = [
        ("format: 1\n", "", "line 1: format: expected a whole number, found nothing"),
        ("format: 1", "format: 2", "line 1: format: expected 1, found 2"),
        ("format: 1", "format: one", "line 1: format: expected a whole number, found 'one'"),
        ("task: forecast", "task: classify", "line 2: task: expected one of forecast, found 'classify'"),
        ("task: forecast", "task: [forecast]", "line 2: task: expected one of forecast, found a list"),
        (
            "description: Load of a town", "description: {a: b}",
            "line 3: description: expected a text, found keys and values"
        ),
        ("step: 1h", "step: 0h", "line 4: step: step `0h` has no length: expected a number of at least 1"),
        (
            "step: 1h", "step: 1 hour",
            "line 4: step: `1 hour` has no known unit: expected one of us, ms, s, min, h, d, w, mo, y"
        ),
        ("time_zone: America/New_York\n", "", "line 1: time_zone: expected a text, found nothing"),
        (
            "time_tolerance: 5s", "time_tolerance: 1d",
            "line 6: time_tolerance: `1d` is no fixed duration: expected a unit out of us, ms, s, min, h"
        ),
        ("time_tolerance: 5s", "time_tolerance: 30min", "line 6: time_tolerance: must be less than half a step"),
        ("window: 12", "window: 0", "line 7: window: must be 1 to 16384"),
        (
            "window: 12", "window: 99999999999999999999",
            "line 7: window: expected a whole number, found '99999999999999999999'"
        ),
        ("window: 12", "window: 12.0", "line 7: window: expected a whole number, found '12.0'"),
        ("window: 12", "window:", "line 7: window: expected a whole number, found ''"),
        ("maximum: 30", "maximum: 4097", "line 8: horizon.maximum: must be 1 to 4096"),
        ("default: 6", "default: 31", "line 8: horizon.default: must be 1 to horizon.maximum, which is 30"),
        ("maximum: 30", "maximum: 30, most: 1", "line 8: unknown key horizon.most"),
        ("default: 6, ", "", "line 8: horizon.default: expected a whole number, found nothing"),
        ("horizon: {default: 6, maximum: 30}", "horizon: 6", "line 8: horizon: expected keys and values, found '6'"),
        ("season: 24", "season: -1", "line 9: season: must be 1 to 16384"),
        (
            "gap_policy: ffill", "gap_policy: guess",
            "line 10: gap_policy: expected one of reject, ffill, interpolate, found 'guess'"
        ),
        ("unit: MW", "units: MW", "line 11: unknown key units"),
        ("- channel: load", "- chanel: load", "line 13: features[0].channel: expected a text, found nothing"),
        ("mean: 50.0", "mean: .nan", "line 14: features[0].scaler.mean: expected a finite number, found '.nan'"),
        ("mean: 50.0", "mean: 1e400", "line 14: features[0].scaler.mean: expected a finite number, found '1e400'"),
        ("std: 12.0", "std: -1", "line 14: features[0].scaler: its numbers must be finite, the spread not negative"),
        ("std: 12.0", "deviation: 12.0", "line 14: features[0].scaler.std: expected a number, found nothing"),
        ("std: 12.0", "std: 12.0, fit: per_window", "line 14: unknown key features[0].scaler.mean"),
        (
            "kind: standard", "kind: best",
            "line 14: features[0].scaler.kind: expected one of none, standard, minmax, robust, log1p, found 'best'"
        ),
        (
            "{kind: minmax, fit: per_window}", "{kind: log1p, fit: per_window}",
            "line 17: unknown key features[1].scaler.fit"
        ),
        (
            "{kind: minmax, fit: per_window}", "{kind: minmax, fit: never}",
            "line 17: features[1].scaler.fit: expected one of per_window, found 'never'"
        ),
        ("channel: wind", "channel: load", "line 15: features[1].channel: 'load' is given twice"),
        (
            "known: future", "known: past",
            "line 16: features[1].known: a autoregressive model needs every covariate in the future"
        ),
        ("known: future", "known: maybe", "line 16: features[1].known: expected one of future, past, found 'maybe'"),
        (
            "{calendar: hour, encoding: sin}", "{calendar: second, encoding: sin}",
            "line 18: features[2].calendar: expected one of hour, day_of_week, day_of_month, month, day_of_year, iso_week, found 'second'"
        ),
        (
            "{calendar: hour, encoding: sin}", "{calendar: hour, encoding: tan}",
            "line 18: features[2].encoding: expected one of sin, cos, scaled, one_hot, found 'tan'"
        ),
        (
            "{calendar: hour, encoding: sin}", "{calendar: hour, encoding: sin, channel: x}",
            "line 18: unknown key features[2].channel"
        ),
        ("quantiles: [0.1, 0.5, 0.9]", "quantiles: [0.1, 0.9]", "line 19: quantiles: must contain 0.5"),
        (
            "quantiles: [0.1, 0.5, 0.9]", "quantiles: [0.5, x]",
            "line 19: quantiles: expected a finite number, found 'x'"
        ),
        ("quantiles: [0.1, 0.5, 0.9]", "quantiles: 0.5", "line 19: quantiles: expected a list of numbers, found '0.5'"),
        (
            "mode: autoregressive, chunk: 2", "mode: direct, chunk: 2",
            "line 20: decode.chunk: expected horizon.maximum, which is 30"
        ),
        (
            "mode: autoregressive, chunk: 2", "mode: stateful, chunk: 2",
            "line 20: decode.chunk: expected 1 for a stateful model"
        ),
        (
            "mode: autoregressive, chunk: 2", "mode: stateful",
            "line 21: tensors.states: expected one at least for a stateful model, found none"
        ),
        ("chunk: 2", "chunk: 0", "line 20: decode.chunk: must be 1 to horizon.maximum"),
        (
            "mode: autoregressive", "mode: magic",
            "line 20: decode.mode: expected one of direct, autoregressive, stateful, found 'magic'"
        ),
        (
            "output: forecast", "output: forecast, states: [{input: h, output: g}]",
            "line 21: tensors.states: expected none for a autoregressive model"
        ),
        (
            "output: forecast", "output: forecast, states: [{input: h}]",
            "line 21: tensors.states[0].output: expected a text, found nothing"
        ),
        (
            "output: forecast", "output: forecast, states: [{input: h, output: g, initial: 1e300}]",
            "line 21: tensors.states[0].initial: expected a number that a float32 holds, found 1e+300"
        ),
        (
            "output: forecast", "output: forecast, future: f",
            "line 21: tensors.future: only a direct model has a future tensor"
        ),
        ("output: forecast", "out: forecast", "line 21: tensors.output: expected a text, found nothing"),
        ("max_batch: 8", "max_batch: 0", "line 22: max_batch: expected 1 to 4096, found 0"),
        ("max_batch: 8", "max_batch: 4097", "line 22: max_batch: expected 1 to 4096, found 4097"),
        ("ttl: 5s", "ttl: soon", "line 23: ttl: `soon` does not begin with a whole number of at most 999999999"),
        ("scores: {mae: 1.5}", "scores: {mae: 1.5}\nnonsense: 1", "line 26: unknown key nonsense"),
        ("scores: {mae: 1.5}", "? [a, b]\n: 1", "line 25: expected a key, found a list"),
    ]

    @Test(arguments: faults)
    func faultsNameKeyAndLine(part: String, other: String, message: String) {
        let yaml = TestBundle.description.replacing(part, with: other)
        #expect(yaml != TestBundle.description)
        #expect(failure(yaml) == message)
    }

    @Test(arguments: [
        ("", "expected keys and values, found nothing"), ("# nothing", "expected keys and values, found nothing"),
        ("text", "line 1: expected keys and values, found 'text'"),
        ("- 1\n- 2", "line 1: expected keys and values, found a list"),
    ])
    func otherDocumentsAreRefused(yaml: String, message: String) {
        #expect(failure(yaml) == message)
    }

    @Test(arguments: [
        "a: b\na: c", "a: [", "\ta: b", "a: b\n---\na: b", "a: \"x", "%YAML 9\n---\na", "a: \u{1}", "a: !!x [", "*a",
    ])
    func whatIsNoYAMLIsRefusedOnOneLine(yaml: String) {
        let message = failure(yaml)
        #expect(message?.hasPrefix("expected YAML: ") == true && message?.contains("\n") == false, "\(message ?? "")")
    }

    // Bombs.

    @Test func aliasesAreRefused() {
        let yaml = TestBundle.description.replacing("training:", with: "notes: &a [1]\ntraining: *a\nold:")
        #expect(failure(yaml) == "line 25: expected no alias, found '*a': write the value out")
    }

    @Test func theCharactersOfAliasesMayStandInTexts() throws {
        let yaml = TestBundle.description.replacing("Load of a town", with: "Research & *development*, R&D & 2 * 3")
        #expect(try BundleDescription(yaml: yaml).text == "Research & *development*, R&D & 2 * 3")
    }

    /// Each level holds the one before ten times; as a key it would be compared in full.
    @Test func aliasesThatGrowWithoutBoundAreRefusedAtOnce() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let references = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(references)]\n"
        }
        #expect(failure(yaml + "? *a30\n: 1\n") == "line 2: expected no alias, found '*a0': write the value out")
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func deepNestingIsRefused(open: String) {
        let yaml = "training: \n  " + String(repeating: open, count: 100_000)
        #expect(failure(yaml)?.hasPrefix("expected YAML: ") == true)
    }

    @Test func messagesStayShortWhateverTheFile() {
        let long = String(repeating: "x", count: 1 << 17)
        for yaml in [
            TestBundle.description.replacing("task: forecast", with: "task: \(long)"),
            TestBundle.description.replacing("unit: MW", with: "\(long): MW"),
            TestBundle.description.replacing("step: 1h", with: "step: 1\(long)"),
            TestBundle.description.replacing("Load of a town", with: "[\(long)"),
            TestBundle.description.replacing("unit: MW", with: "a: \(long)\na: \(long)"),
            TestBundle.description.replacing("unit: MW", with: "\(long): 1\n\(long): 2"),
            "\(long): &\(long) 1\nb: *\(long)",
        ] {
            let message = failure(yaml)
            #expect((message?.utf8.count ?? .max) < 1000, "\(message?.prefix(300) ?? "")")
        }
    }
}
