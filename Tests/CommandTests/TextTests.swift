import InferdClient
import Testing

@testable import inferd_cli

struct TextTests {
    @Test func timesAreWrittenAsTheyAreRead() throws {
        for text in ["2013-11-24T18:05:09Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z", "9999-12-29T00:00:00Z"] {
            #expect(Zone.utc.text(try Zone.utc.instant(parsing: text)) == text)
        }
        let newYork = try Zone.load("America/New_York")
        for text in ["2013-11-03T01:30:00-04:00", "2013-11-03T01:30:00-05:00", "2013-07-01T00:00:00-04:00"] {
            #expect(newYork.text(try newYork.instant(parsing: text)) == text)
        }
        let kathmandu = try Zone.load("Asia/Kathmandu")
        #expect(kathmandu.text(0) == "1970-01-01T05:30:00+05:30")
    }

    @Test(arguments: ["", "../../etc/passwd", "/etc/localtime", "Europe//Berlin", "Europe/Berl in", "."])
    func zonesAreNames(name: String) {
        #expect {
            try Zone.load(name)
        } throws: { error in
            (error as? CommandFailure)?.status == .usage
        }
    }

    @Test func unknownZonesAreSaidPlainly() {
        #expect {
            try Zone.load("Europe/Atlantis")
        } throws: { error in
            (error as? CommandFailure)?.message.hasPrefix("the time zone 'Europe/Atlantis' is not in") == true
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
