import InferdTestSupport
import Testing

@testable import InferdForecast

struct TimeGridTests {
    private func grid(_ anchor: String, _ step: String, _ zone: String = "UTC") throws -> TimeGrid {
        let rules = zone == "UTC" ? TimeZoneRules.utc : try SystemZone.named(zone)
        return TimeGrid(
            anchor: try Timestamp.parse(anchor, zone: rules), step: try TimeStep(parsing: step), zone: rules)
    }

    @Test func daysKeepTheLocalTimeAcrossAChange() throws {
        let grid = try grid("2013-03-09T12:00", "1d", "America/New_York")
        let texts = (0..<3).map { grid.time($0).map { Timestamp.text($0) } }
        #expect(texts == ["2013-03-09T17:00:00Z", "2013-03-10T16:00:00Z", "2013-03-11T16:00:00Z"])
    }

    @Test func hoursDoNotKeepIt() throws {
        let grid = try grid("2013-03-09T12:00", "24h", "America/New_York")
        #expect(grid.time(1).map { Timestamp.text($0) } == "2013-03-10T17:00:00Z")
    }

    @Test func aSkippedTimeOfDayComesLaterByTheGapOnlyThatDay() throws {
        let grid = try grid("2013-03-09T02:30", "1d", "America/New_York")
        #expect(grid.time(1).map { Timestamp.text($0) } == "2013-03-10T07:30:00Z")
        #expect(grid.time(2).map { Timestamp.text($0) } == "2013-03-11T06:30:00Z")
    }

    @Test func aRepeatedTimeOfDayIsTheFirst() throws {
        let grid = try grid("2013-11-02T01:30", "1d", "America/New_York")
        #expect(grid.time(1).map { Timestamp.text($0) } == "2013-11-03T05:30:00Z")
        #expect(grid.time(2).map { Timestamp.text($0) } == "2013-11-04T06:30:00Z")
    }

    @Test func shortMonthsEndOnTheirLastDay() throws {
        let grid = try grid("2023-12-31T06:00", "1mo")
        let texts = (0..<5).map { grid.time($0).map { String(Timestamp.text($0).prefix(10)) } }
        #expect(texts == ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"])
        let years = try self.grid("2024-02-29", "1y")
        #expect(years.time(1).map { Timestamp.text($0) } == "2025-02-28T00:00:00Z")
        #expect(years.time(4).map { Timestamp.text($0) } == "2028-02-29T00:00:00Z")
    }

    @Test(arguments: ["1us", "1h", "999999999h", "1d", "999999999w", "1mo", "999999999y"])
    func nothingLiesBeyondTheLastYear(step: String) throws {
        let grid = try grid("9999-12-31T23:59:59.999999", step)
        #expect(grid.time(0) == Timestamp.range.upperBound)
        for index in [1, 1000, 1 << 40, Int.max] {
            #expect(grid.time(index) == nil, "\(index)")
        }
    }

    @Test(arguments: [
        ("1us", "UTC"), ("15min", "UTC"), ("1h", "America/New_York"), ("1d", "Australia/Lord_Howe"),
        ("1w", "Pacific/Apia"), ("1mo", "Europe/London"), ("3mo", "America/St_Johns"), ("1y", "Asia/Kolkata"),
    ])
    func theNearestPlaceOfAPlaceIsItself(step: String, zone: String) throws {
        var generator = SeededGenerator(for: "theNearestPlaceOfAPlaceIsItself(\(step), \(zone))")
        let rules = try SystemZone.named(zone)
        let step = try TimeStep(parsing: step)
        // Less than half of the shortest step, but for a microsecond.
        let jitter: Int64 = step.kind == .fixed(microseconds: 1) ? 0 : 400_000_000
        for _ in 0..<1000 {
            let anchor = Int64.random(in: -2_000_000_000_000_000...4_000_000_000_000_000, using: &generator)
            let grid = TimeGrid(anchor: anchor, step: step, zone: rules)
            let index = Int.random(in: 0...500, using: &generator)
            let time = try #require(grid.time(index))
            let found = grid.nearestIndex(to: max(anchor, time + Int64.random(in: -jitter...jitter, using: &generator)))
            // Over a day that was skipped as a whole two places are one instant.
            #expect(found == index || grid.time(found) == time, "\(anchor) \(index) \(found)")
        }
    }

    @Test func aDateThatGoesBackBeforeTheFirstPlaceIsNearestToIt() throws {
        // Four days back at once: no real zone does this, and none may end the process.
        let rules = try TZifFile(transitions: [1000], types: [1], offsets: [172_000, -172_000]).rules()
        for step in ["1d", "1mo"] {
            let grid = TimeGrid(anchor: 999_000_000, step: try TimeStep(parsing: step), zone: rules)
            #expect(grid.nearestIndex(to: 1_001_000_000) == 0)
        }
    }
}
