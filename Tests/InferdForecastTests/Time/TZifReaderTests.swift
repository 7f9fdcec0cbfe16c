import InferdTestSupport
import Testing

@testable import InferdForecast

struct TZifReaderTests {
    @Test func offsetsChangeAtTransitions() throws {
        let rules = try TZifFile(transitions: [1000, 2000], types: [1, 0], offsets: [60, 3600]).rules()
        #expect(rules.utcOffset(at: 999) == 60)
        #expect(rules.utcOffset(at: 1000) == 3600)
        #expect(rules.utcOffset(at: 1999) == 3600)
        #expect(rules.utcOffset(at: 2000) == 60)
    }

    @Test func the64BitBlockIsReadAndNotTheFirst() throws {
        // Beyond 32 bits on both sides.
        let rules = try TZifFile(
            transitions: [-10_000_000_000, 10_000_000_000], types: [1, 2], offsets: [0, 100, 200]
        ).rules()
        #expect(rules.utcOffset(at: -10_000_000_001) == 0)
        #expect(rules.utcOffset(at: 0) == 100)
        #expect(rules.utcOffset(at: 10_000_000_000) == 200)
    }

    @Test func version1HasNoFooter() throws {
        let rules = try TZifFile(version: 0, transitions: [1000], types: [1], offsets: [60, 3600]).rules()
        #expect(rules.utcOffset(at: 0) == 60)
        #expect(rules.utcOffset(at: 1_000_000_000_000) == 3600)
    }

    @Test func theFooterGoesOnAfterTheLastTransition() throws {
        let rules = try TZifFile(
            transitions: [1000], types: [0], offsets: [0], footer: "EST5EDT,M3.2.0,M11.1.0"
        ).rules()
        #expect(rules.utcOffset(at: 999) == 0)
        // 1970-01-01 and 2100-07-01.
        #expect(rules.utcOffset(at: 1000) == -18_000)
        #expect(rules.utcOffset(at: 4_118_083_200) == -14_400)
    }

    @Test(arguments: [
        TZifFile(leapSeconds: 1), TZifFile(offsets: []), TZifFile(footer: nil), TZifFile(footer: "rubbish"),
        TZifFile(transitions: [1000], types: [1]), TZifFile(transitions: [2, 1], types: [0, 0]),
        TZifFile(transitions: [1, 1], types: [0, 0]), TZifFile(offsets: [Int32.min]),
        TZifFile(offsets: [172_800]), TZifFile(claimedCounts: [0, 0, 0, UInt32.max, 1, 4]),
        TZifFile(claimedCounts: [UInt32.max, UInt32.max, UInt32.max, UInt32.max, UInt32.max, UInt32.max]),
        TZifFile(claimedCounts: [0, 0, 0, 100_000, 100_000, 100_000]),
    ])
    func filesThatContradictThemselvesAreRefused(file: TZifFile) {
        #expect(throws: TimeTextError.self) { try file.rules() }
    }

    @Test func otherFilesAreRefused() {
        for text in ["", "T", "TZif", "TZiF2", "hello, this is no zone, and it is long enough to be one: 1234567890"] {
            #expect(throws: TimeTextError.self, "\(text)") {
                try unsafe TimeZoneRules(tzif: Array(text.utf8).span.bytes, name: "x")
            }
        }
    }

    @Test(arguments: ["America/New_York", "Asia/Kolkata"])
    func everyTruncationIsRefused(zone: String) throws {
        let bytes = try SystemZone.bytes(zone)
        for length in 0..<bytes.count {
            #expect(throws: TimeTextError.self, "\(length) bytes") {
                try unsafe TimeZoneRules(tzif: bytes.span.bytes.extracting(0..<length), name: zone)
            }
        }
    }

    /// Whatever the reader lets pass must be safe to use: nothing here may trap.
    @Test func damagedFilesAreRefusedOrUsable() throws {
        var generator = SeededGenerator(for: "damagedFilesAreRefusedOrUsable")
        let whole = try SystemZone.bytes("America/New_York")
        var usable = 0
        for _ in 0..<4000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                // Headers and footer are where most can go wrong.
                let place =
                    Bool.random(using: &generator)
                    ? bytes.indices.randomElement(using: &generator) ?? 0
                    : bytes.count - 1 - Int.random(in: 0..<30, using: &generator)
                bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            }
            guard let rules = try? unsafe TimeZoneRules(tzif: bytes.span.bytes, name: "x") else { continue }
            usable += 1
            for _ in 0..<5 {
                let time = Int64.random(in: Timestamp.range, using: &generator)
                _ = rules.resolve(local: time / 1_000_000)
                let grid = TimeGrid(anchor: time, step: try TimeStep(parsing: "1d"), zone: rules)
                let later = min(
                    time + Int64.random(in: 0...300_000_000_000, using: &generator), Timestamp.range.upperBound)
                _ = grid.time(grid.nearestIndex(to: later))
            }
        }
        #expect(usable > 100)
    }
}
