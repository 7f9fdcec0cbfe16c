import Foundation
import InferdTestSupport
import Testing

@testable import InferdForecast

struct TimeZoneRulesTests {
    static let zones = [
        "America/New_York", "Europe/London", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns",
        "Pacific/Apia", "UTC",
    ]

    @Test(arguments: zones)
    func offsetsAgreeWithFoundation(zone: String) throws {
        var generator = SeededGenerator(for: "offsetsAgreeWithFoundation(\(zone))")
        let rules = try SystemZone.named(zone)
        let other = try #require(TimeZone(identifier: zone))
        // 1970 to 2037: what every version of the zones' data agrees on.
        for _ in 0..<3000 {
            let time = Int64.random(in: 0...2_145_000_000, using: &generator)
            let expected = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time)))
            #expect(rules.utcOffset(at: time) == Int64(expected), "\(time)")
        }
    }

    @Test(arguments: [
        ("America/New_York", "2013-03-10T02:30", "2013-03-10T07:30:00Z", "2013-03-10T06:30:00Z"),
        ("Europe/London", "2024-03-31T01:00", "2024-03-31T01:00:00Z", "2024-03-31T00:00:00Z"),
        // Half an hour only.
        ("Australia/Lord_Howe", "2023-10-01T02:15", "2023-09-30T15:45:00Z", "2023-09-30T15:15:00Z"),
        ("America/St_Johns", "2024-03-10T02:30", "2024-03-10T06:00:00Z", "2024-03-10T05:00:00Z"),
        // A whole day, skipped at the date line.
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00:00Z", "2011-12-29T22:00:00Z"),
        // By the rule, long after the last transition.
        ("America/New_York", "2100-03-14T02:30", "2100-03-14T07:30:00Z", "2100-03-14T06:30:00Z"),
    ])
    func localTimesThatNeverComeAreRefusedOrMoved(zone: String, text: String, later: String, earlier: String) throws {
        let rules = try SystemZone.named(zone)
        let error = #expect(throws: TimeTextError.self) { try Timestamp.parse(text, zone: rules) }
        #expect(error?.message == "`\(text)` never comes in \(zone), where the clocks were set forward")
        #expect(Timestamp.text(try Timestamp.parse(text, zone: rules, policy: .later)) == later)
        #expect(Timestamp.text(try Timestamp.parse(text, zone: rules, policy: .earlier)) == earlier)
    }

    @Test(arguments: [
        ("America/New_York", "2013-11-03T01:30", "2013-11-03T05:30:00Z", "2013-11-03T06:30:00Z"),
        ("Europe/London", "2024-10-27T01:30", "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"),
        ("Australia/Lord_Howe", "2024-04-07T01:45", "2024-04-06T14:45:00Z", "2024-04-06T15:15:00Z"),
        ("America/St_Johns", "2024-11-03T01:30", "2024-11-03T04:00:00Z", "2024-11-03T05:00:00Z"),
        ("America/New_York", "2100-11-07T01:30", "2100-11-07T05:30:00Z", "2100-11-07T06:30:00Z"),
        // Alaska came to America with a day that it had had already.
        ("America/Juneau", "1867-10-18T18:00", "1867-10-18T02:57:41Z", "1867-10-19T02:57:41Z"),
    ])
    func localTimesThatComeTwiceAreRefusedOrChosen(zone: String, text: String, earlier: String, later: String) throws {
        let rules = try SystemZone.named(zone)
        let error = #expect(throws: TimeTextError.self) { try Timestamp.parse(text, zone: rules) }
        #expect(error?.message == "`\(text)` comes twice in \(zone), where the clocks were set back")
        #expect(Timestamp.text(try Timestamp.parse(text, zone: rules, policy: .earlier)) == earlier)
        #expect(Timestamp.text(try Timestamp.parse(text, zone: rules, policy: .later)) == later)
    }

    /// For instants near the changes of every zone there is, what the clocks show leads back to the instant.
    @Test func everyLocalTimeLeadsBackToItsInstant() throws {
        var generator = SeededGenerator(for: "everyLocalTimeLeadsBackToItsInstant")
        var checked = 0
        for name in TimeZone.knownTimeZoneIdentifiers {
            guard let rules = try? SystemZone.named(name) else { continue }
            checked += 1
            for _ in 0..<60 {
                // Hours around any second of any year: few of them are quiet in all zones.
                let time = Int64.random(in: -3_000_000_000...7_000_000_000, using: &generator)
                let local = time + rules.utcOffset(at: time)
                switch rules.resolve(local: local) {
                case .unique(let instant): #expect(instant == time, "\(name) \(time)")
                case .ambiguous(let earlier, let later):
                    #expect(earlier < later && (earlier == time || later == time), "\(name) \(time)")
                case .missing: Issue.record("\(name): the local time of \(time) is said never to come")
                }
            }
        }
        #expect(checked > 300)
    }

    @Test func farFutureIsQuickAndDoesNotTrap() throws {
        let rules = try SystemZone.named("America/New_York")
        for time in [Timestamp.range.lowerBound, Timestamp.range.upperBound] {
            let seconds = time / 1_000_000
            #expect(abs(rules.utcOffset(at: seconds)) < 86_400)
            #expect(abs(PosixOffset.of(rules.resolve(local: seconds)) - seconds) < 86_400)
        }
    }

    private enum PosixOffset {
        static func of(_ resolution: TimeZoneRules.Resolution) -> Int64 {
            switch resolution {
            case .unique(let instant): instant
            case .ambiguous(let earlier, _): earlier
            case .missing(let shifted): shifted
            }
        }
    }
}
