import Testing

@testable import InferdForecast

struct PosixTimeZoneTests {
    private func seconds(_ text: String) throws -> Int64 {
        try Timestamp.parse(text, zone: nil) / 1_000_000
    }

    @Test(arguments: [
        ("UTC0", "2100-07-01T00:00Z", 0), ("<+0545>-5:45", "2100-07-01T00:00Z", 20_700),
        ("NST3:30NDT,M3.2.0,M11.1.0", "2100-07-01T00:00Z", -9000),
        ("NST3:30NDT,M3.2.0,M11.1.0", "2100-01-01T00:00Z", -12_600),
        // South of the equator daylight time spans the new year.
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2100-01-01T00:00Z", 39_600),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2100-07-01T00:00Z", 37_800),
        // Ireland's winter time is the exception and its summer time the rule.
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2100-07-01T00:00Z", 3600),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2100-01-01T00:00Z", 0),
        // RFC 8536's daylight time all year.
        ("XXX3EDT4,0/0,J365/23", "2100-01-01T03:00Z", -14_400),
        ("XXX3EDT4,0/0,J365/23", "2100-07-01T00:00Z", -14_400),
        ("XXX3EDT4,0/0,J365/23", "2101-01-01T02:59:59Z", -14_400),
    ])
    func offsetsFollowTheRule(rule: String, time: String, offset: Int64) throws {
        #expect(try PosixTimeZone(parsing: rule).utcOffset(at: seconds(time)) == offset, "\(rule) at \(time)")
    }

    /// The last second before the change and the first after it.
    @Test(arguments: [
        // The second Sunday of March 2100 is the 14th, the first of November the 7th.
        ("EST5EDT,M3.2.0,M11.1.0", "2100-03-14T07:00:00Z", -14_400),
        ("EST5EDT,M3.2.0,M11.1.0", "2100-11-07T06:00:00Z", -18_000),
        // The last Sunday of March 2100 is the 28th.
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2100-03-28T01:00:00Z", 7200),
        // A negative time is on the day before: Saturday, 22:00 in Greenland.
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2100-03-28T01:00:00Z", -3600),
        // And hours beyond 24 are on a day after: Gaza's second day after the fourth Thursday.
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2100-03-27T00:00:00Z", 10_800),
        // Julian days never count February 29; days from 0 do. 2096 is a leap year.
        ("AAA0BBB,J60/0,J300/0", "2096-03-01T00:00:00Z", 3600), ("AAA0BBB,J60/0,J300/0", "2097-03-01T00:00:00Z", 3600),
        ("AAA0BBB,59/0,300/0", "2096-02-29T00:00:00Z", 3600), ("AAA0BBB,59/0,300/0", "2097-03-01T00:00:00Z", 3600),
    ])
    func clocksChangeOnTheSecond(rule: String, change: String, after: Int64) throws {
        let zone = try PosixTimeZone(parsing: rule)
        let time = try seconds(change)
        #expect(zone.utcOffset(at: time) == after, "\(rule)")
        #expect(zone.utcOffset(at: time - 1) != after, "\(rule)")
    }

    @Test(arguments: [
        "", "5", "E5", "ES5", "EST", "<EST5", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,",
        "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M0.2.0,M11.1.0",
        "EST5EDT,J0,J365", "EST5EDT,J1,J366", "EST5EDT,0,366", "EST5EDT,M3.2.0,M11.1.0,", "EST5EDT,M3.2.0/,M11.1.0",
        "EST99999999999999999999", "EST5EDT99999", "EST25", "EST5 ", " EST5", "EST5:", "EST5EDT,M3,M11", "E\u{301}ST5",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(throws: TimeTextError.self) { try PosixTimeZone(parsing: text) }
    }
}
