import InferdBase
import Testing

@testable import InferdModels

struct GoldenCaseTests {
    private func failure(_ json: String) -> String? {
        let error = #expect(throws: BundleError.self) { try GoldenCase.read(json: json) }
        #expect(error?.file == "golden.json")
        return error?.message
    }

    @Test func casesAreReadWithTheirNumbers() throws {
        let cases = try GoldenCase.read(json: TestBundle.golden)
        guard case .tensors(let tensors) = cases[0], case .predict(let prediction) = cases[1] else {
            Issue.record("\(cases)")
            return
        }
        #expect(tensors.inputs[0].shape == [1, 2] && tensors.inputs[0].data == [1, 2])
        #expect(tensors.inputs[0].elementType == .float32)
        #expect(prediction.request.channels == ["load": [1, 2]] && prediction.request.actuals == [1, nil])
        #expect(prediction.expect.values == [1.5] && prediction.tolerance == 1e-4)
    }

    @Test(arguments: [
        ("", "expected JSON whose numbers fit"), ("{", "expected JSON whose numbers fit"),
        ("[1, 2", "expected JSON whose numbers fit"),
        ("{}", "format: expected a value, found none"),
        ("{\"format\": 2, \"cases\": []}", "format: expected 1, found 2"),
        ("{\"format\": 1, \"cases\": []}", "cases: expected one at least, found none"),
        ("{\"format\": 1}", "cases: expected a value, found none"),
        ("{\"format\": 1, \"cases\": {}}", "cases: expected Array<Any>, found something else"),
    ])
    func filesOfAnotherFormAreRefused(json: String, message: String) {
        #expect(failure(json)?.hasPrefix(message) == true, "\(failure(json) ?? "")")
    }

    /// A change to the right file, and what is said of it.
    @Test(arguments: [
        ("\"kind\": \"tensors\"", "\"kind\": \"other\"", "cases[0].kind: expected tensors or predict, found 'other'"),
        ("\"kind\": \"tensors\", ", "", "cases[0].kind: expected a value, found none"),
        (
            "\"shape\": [1, 2]", "\"shape\": [1, 2.5]",
            "expected JSON whose numbers fit"
        ),
        (
            "\"shape\": [1, 2]", "\"shape\": [1, 1e300]",
            "expected JSON whose numbers fit"
        ),
        (
            "\"shape\": [1, 2]", "\"shape\": \"x\"",
            "cases[0].inputs[0].shape: expected Array<Any>, found something else"
        ),
        ("\"data\": [3]", "\"data\": [null]", "cases[0].outputs[0].data[0]: "),
        ("\"data\": [3]", "\"data\": [\"3\"]", "cases[0].outputs[0].data[0]: expected Double, found something else"),
        ("\"tolerance\": 1e-4,", "", "cases[1].tolerance: expected a value, found none"),
        (
            "\"start_us\": 0", "\"start_us\": 9223372036854775808",
            "expected JSON whose numbers fit"
        ),
        (
            "\"start_us\": 0}", "\"start_us\": 0}, \"horizon\": -1",
            "expected JSON whose numbers fit"
        ),
        ("\"values\": [1.5]", "", "cases[1].expect.values: expected a value, found none"),
    ])
    func faultsAreNamedByTheirPlace(part: String, other: String, message: String) {
        let json = TestBundle.golden.replacing(part, with: other)
        #expect(json != TestBundle.golden)
        #expect(failure(json)?.hasPrefix(message) == true, "\(failure(json) ?? "")")
    }

    @Test func deepNestingIsRefused() {
        for open in ["[", "{\"a\":"] {
            #expect(
                failure(String(repeating: open, count: 200_000))?.hasPrefix("expected JSON whose numbers fit") == true)
        }
    }

    @Test func messagesStayShortWhateverTheFile() {
        let json = TestBundle.golden.replacing("\"tensors\"", with: "\"\(String(repeating: "x", count: 100_000))\"")
        #expect((failure(json)?.utf8.count ?? .max) < 300)
    }

    @Test(arguments: [("float32", true), ("bool", true), ("string", false), ("float16", false), ("", false)])
    func typesAreThoseServed(name: String, isServed: Bool) throws {
        let json = TestBundle.golden.replacing("\"float32\", \"shape\": [1, 2]", with: "\"\(name)\", \"shape\": [1, 2]")
        guard case .tensors(let tensors) = try GoldenCase.read(json: json)[0] else { return }
        #expect((tensors.inputs[0].elementType != nil) == isServed)
    }
}
