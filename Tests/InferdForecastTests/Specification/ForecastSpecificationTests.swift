import Testing

@testable import InferdForecast

struct ForecastSpecificationTests {
    /// A change to a right specification that makes it wrong, and the key that is at fault.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let key: String
        let make: @Sendable (inout ForecastSpecification) -> Void

        init(_ key: String, _ what: String, _ make: @escaping @Sendable (inout ForecastSpecification) -> Void) {
            testDescription = "\(key) \(what)"
            self.key = key
            self.make = make
        }
    }

    static let faults: [Fault] = [
        Fault("window", "0") { $0.window = 0 }, Fault("window", "too large") { $0.window = 16_385 },
        Fault("horizon.maximum", "0") { $0.maximumHorizon = 0 },
        Fault("horizon.maximum", "negative") { $0.maximumHorizon = -5 },
        Fault("horizon.maximum", "too large") { $0.maximumHorizon = 4097 },
        Fault("horizon.default", "0") { $0.defaultHorizon = 0 },
        Fault("horizon.default", "over the maximum") { $0.defaultHorizon = 5 },
        Fault("season", "0") { $0.season = 0 }, Fault("season", "too large") { $0.season = .max },
        Fault("time_tolerance", "negative") { $0.toleranceMicroseconds = -1 },
        Fault("time_tolerance", "half a step") { $0.toleranceMicroseconds = 1_800_000_000 },
        Fault("time_tolerance", "half a day") {
            $0.step = (try? TimeStep(parsing: "1mo")) ?? $0.step
            $0.toleranceMicroseconds = 43_200_000_000
        },
        Fault("features[0]", "none") { $0.features = [] },
        Fault("features[0]", "a calendar feature") { $0.features.insert(.calendar(.hour, .sin), at: 0) },
        Fault("features", "too many channels") {
            $0.features += (0..<256).map { .covariate("c\($0)") }
        },
        Fault("features[1].channel", "without a name") { $0.features.append(.covariate("")) },
        Fault("features[1].channel", "a long name") {
            $0.features.append(.covariate(String(repeating: "x", count: 65)))
        },
        Fault("features[1].channel", "twice") { $0.features.append(.covariate("load")) },
        Fault("features[2].calendar", "twice") { $0.features += [.calendar(.hour, .sin), .calendar(.hour, .sin)] },
        Fault("features[1].scaler", "not finite") {
            $0.features.append(.covariate("c", .fitted(.standard, center: .infinity, spread: 1)))
        },
        Fault("features[1].known", "past") { $0.features.append(.covariate("c", known: false)) },
        Fault("quantiles", "too many") { $0.quantiles = (1...33).map { Double($0) / 66 } },
        Fault("quantiles", "falling") { $0.quantiles = [0.5, 0.1] },
        Fault("quantiles", "twice") { $0.quantiles = [0.5, 0.5] },
        Fault("quantiles", "0") { $0.quantiles = [0, 0.5] }, Fault("quantiles", "1") { $0.quantiles = [0.5, 1] },
        Fault("quantiles", "NaN") { $0.quantiles = [.nan] },
        Fault("quantiles", "no median") { $0.quantiles = [0.1, 0.9] },
        Fault("decode.chunk", "0") { $0.decode = .autoregressive(chunk: 0) },
        Fault("decode.chunk", "over the maximum") { $0.decode = .autoregressive(chunk: 5) },
        Fault("tensors.future", "not direct") {
            $0.hasFutureInput = true
            $0.features.append(.covariate("c"))
        },
        Fault("tensors.future", "nothing known") {
            $0.hasFutureInput = true
            $0.decode = .direct
        },
    ]

    @Test(arguments: faults)
    func valuesThatCannotBeAreNamed(fault: Fault) throws {
        var specification = try ForecastSpecification.simple()
        try specification.validate()
        fault.make(&specification)
        let error = #expect(throws: ForecastSpecificationError.self) { try specification.plan() }
        #expect(error?.key == fault.key)
        #expect(error?.message.isEmpty == false)
    }

    @Test func theLimitsThemselvesAreFine() throws {
        var specification = try ForecastSpecification.simple(
            tolerance: 1_799_999_999, window: 16_384, horizon: 4096, maximum: 4096, season: 16_384,
            others: (0..<255).map { .covariate("c\($0)") }, quantiles: [0.001, 0.5, 0.999])
        try specification.validate()
        for field in CalendarField.allCases {
            specification.features += CalendarEncoding.allCases.map { .calendar(field, $0) }
        }
        // As many columns as there can be: a window of them fits what a model may be given.
        #expect(try specification.plan().columnCount == 256 + 6 * 3 + 493)
    }
}
