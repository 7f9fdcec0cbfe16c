import Testing

@testable import InferdForecast

struct TimeStepTests {
    @Test(
        arguments: [
            ("1us", .fixed(microseconds: 1)), ("250ms", .fixed(microseconds: 250_000)),
            ("1s", .fixed(microseconds: 1_000_000)), ("15min", .fixed(microseconds: 900_000_000)),
            ("1h", .fixed(microseconds: 3_600_000_000)), ("24h", .fixed(microseconds: 86_400_000_000)),
            ("1d", .days(1)),
            ("2w", .days(14)), ("1mo", .months(1)), ("1y", .months(12)),
            ("999999999h", .fixed(microseconds: 3_599_999_996_400_000_000)), ("999999999w", .days(6_999_999_993)),
        ] as [(String, TimeStep.Kind)])
    func textsMeanWhatTheySay(text: String, kind: TimeStep.Kind) throws {
        #expect(try TimeStep(parsing: text).kind == kind)
    }

    @Test(arguments: [
        "", "h", "1", "0h", "-1h", "+1h", "1.5h", "1 h", " 1h", "1H", "1hh", "1hour", "1000000000h", "１h",
        "99999999999999999999h", "1h\n", "1m",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(throws: TimeTextError.self) { try TimeStep(parsing: text) }
    }

    @Test(arguments: ["1us", "3ms", "90s", "15min", "1h", "1w", "8d", "1mo", "2y", "13mo"])
    func theTextLeadsBack(text: String) throws {
        #expect(try TimeStep(parsing: text).text == text)
        #expect(text.utf8.count <= TimeStep.greatestTextBytes)
    }

    @Test func equalStepsAreEqual() throws {
        #expect(try TimeStep(parsing: "60min") == TimeStep(parsing: "1h"))
        #expect(try TimeStep(parsing: "7d") == TimeStep(parsing: "1w"))
        #expect(try TimeStep(parsing: "12mo") == TimeStep(parsing: "1y"))
        // A day has 23 hours at times.
        #expect(try TimeStep(parsing: "24h") != TimeStep(parsing: "1d"))
    }

    @Test func durationsMayBeZeroAndAreNeverOfTheCalendar() throws {
        #expect(try TimeStep.fixedMicroseconds(parsing: "0s") == 0)
        #expect(try TimeStep.fixedMicroseconds(parsing: "5s") == 5_000_000)
        for text in ["1d", "1mo", "5", "-5s", ""] {
            #expect(throws: TimeTextError.self, "\(text)") { try TimeStep.fixedMicroseconds(parsing: text) }
        }
    }
}
