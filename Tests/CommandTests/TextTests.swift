import InferdClient
import Testing

@testable import inferd_cli

struct TextTests {
    @Test func timesAreReadInEachForm() throws {
        let midnight: Int64 = 1_385_251_200_000_000
        #expect(try TimeText(parsing: "2013-11-24T00:00:00Z") == .instant(midnight))
        #expect(try TimeText(parsing: "2013-11-23 19:00:00-05:00") == .instant(midnight))
        #expect(try TimeText(parsing: "2013-11-24T05:30+0530") == .instant(midnight))
        #expect(try TimeText(parsing: "2013-11-24T01+01".replacing("01+", with: "01:00+")) == .instant(midnight))
        #expect(try TimeText(parsing: "2013-11-24") == .local(midnight))
        #expect(try TimeText(parsing: "2013-11-24t00:00:00.25z") == .instant(midnight + 250_000))
        #expect(try TimeText(parsing: "1969-12-31T23:59:59.999999Z") == .instant(-1))
        #expect(try TimeText(parsing: "2012-02-29T00:00") == .local(1_330_473_600_000_000))
    }

    @Test(arguments: [
        "", "x", "2013", "2013-13-01", "2013-02-29", "2013-11-24T", "2013-11-24T24:00", "2013-11-24T00:60",
        "2013-11-24T00:00:60Z", "2013-11-24T00:00:00.Z", "2013-11-24T00:00:00.1234567Z", "2013-11-24T00:00:00ZZ",
        "2013-11-24T00:00:00+24:00", "13-11-24", "2013-11-24T0:00", "1385251200", "2013-11-24 00:00:00 UTC",
        "２013-11-24",
    ])
    func otherTextIsNoTime(text: String) {
        #expect(throws: TimeText.SyntaxError.self) { try TimeText(parsing: text) }
    }

    @Test func timesAreWrittenAsTheyAreRead() throws {
        for text in ["2013-11-24T18:05:09Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z", "9999-12-29T00:00:00Z"] {
            guard case .instant(let instant) = try TimeText(parsing: text) else {
                Issue.record("\(text) is an instant")
                continue
            }
            #expect(Zone.utc.text(instant) == text)
        }
    }

    @Test func numbersAreRounded() {
        #expect(Numbers.fixed(1.005, decimals: 1) == "1.0")
        #expect(Numbers.fixed(-0.04, decimals: 1) == "0.0")
        #expect(Numbers.fixed(-2.5, decimals: 0) == "-3")
        #expect(Numbers.fixed(0.05, decimals: 3) == "0.050")
        #expect(Numbers.fixed(.nan, decimals: 1) == "nan")
        #expect(Numbers.fixed(1e300, decimals: 2) == "1e+300")
        #expect(Numbers.significant(1234.6, digits: 3) == "1235")
        #expect(Numbers.significant(0.012345, digits: 3) == "0.0123")
        #expect(Numbers.significant(0, digits: 3) == "0.00")
    }

    @Test func durationsAreReadAndWritten() throws {
        #expect(try Durations.parse("2s") == .seconds(2))
        #expect(try Durations.parse("500ms") == .milliseconds(500))
        for text in ["", "2", "s", "-1s", "0s", "2h", "1d", "1.5s"] {
            #expect(throws: CommandFailure.self) { try Durations.parse(text) }
        }
        #expect(Durations.text(.microseconds(42)) == "42.0 us")
        #expect(Durations.text(.microseconds(1250)) == "1.25 ms")
        #expect(Durations.text(.seconds(3)) == "3.00 s")
    }

    @Test func jsonIsEscapedAndKeepsItsOrder() {
        let value = JSONValue.object([
            ("z", .string("a\"\\\n\u{1}é")), ("a", .array([.number(1.5), .number(.nan), .integer(-3), .bool(true)])),
            ("e", .object([])), ("n", .array([.array([]), .null])),
        ])
        #expect(
            value.text() == """
                {
                  "z": "a\\"\\\\\\n\\u0001é",
                  "a": [1.5, null, -3, true],
                  "e": {},
                  "n": [
                    [],
                    null
                  ]
                }
                """)
    }

    @Test func tablesAreAligned() {
        var table = TextTable([("name", .left), ("us", .right)])
        table.add(["a", "1.0"])
        table.add(["longer", "10.0"])
        #expect(table.text() == "name      us\na        1.0\nlonger  10.0\n")
    }

    @Test func localesSayWhetherUnicodeIsShown() {
        #expect(Terminal.isUnicode("en_US.UTF-8"))
        #expect(Terminal.isUnicode("C.utf8"))
        #expect(!Terminal.isUnicode("C"))
        #expect(!Terminal.isUnicode("de_DE.ISO-8859-1"))
    }

    @Test func tensorsAreSummarised() {
        let floats = Tensor(
            name: "y", type: .float32, shape: [2], data: [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
        #expect(TensorText.summary(floats) == "y float32 [2]: 1.0 -2.0")
        let many = Tensor(name: "b", type: .bool, shape: [10], data: [UInt8](repeating: 1, count: 10))
        #expect(TensorText.summary(many).hasSuffix("true true ... 2 more"))
        // A reply that says one thing and holds another is shown as it is.
        #expect(TensorText.summary(Tensor(name: "s", type: .string, shape: [1], data: [1])) == "s string [1]: ")
    }
}
