import Foundation
import InferdTestSupport
import Testing

@testable import InferdForecast

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01 00:00Z", 0), ("1970-01-01T00:00 Z", 0),
        ("1970-01-01T00:00:00.000001Z", 1), ("1970-01-01T00:00:00,5Z", 500_000),
        // Beyond microseconds is cut.
        ("1970-01-01T00:00:00.123456789Z", 123_456), ("1970-01-01T01:00:00+01:00", 0), ("1970-01-01T01:00:00+0100", 0),
        ("1970-01-01T01:00:00+01", 0), ("1969-12-31T18:30:00-05:30", 0),
        ("2013-11-24T19:00:00-05:00", 1_385_337_600_000_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func textsWithAnOffsetNeedNoZone(text: String, microseconds: Int64) throws {
        #expect(try Timestamp.parse(text, zone: nil) == microseconds)
    }

    @Test func textsWithoutAnOffsetAreLocal() throws {
        let zone = try SystemZone.named("Asia/Kolkata")
        #expect(try Timestamp.parse("1970-01-01", zone: .utc) == 0)
        #expect(try Timestamp.parse("2024-01-01 05:30", zone: zone) == 1_704_067_200_000_000)
        let error = #expect(throws: TimeTextError.self) { try Timestamp.parse("2024-01-01 05:30", zone: nil) }
        #expect(error?.message == "`2024-01-01 05:30` has no offset: add Z or +HH:MM, or name the zone")
    }

    @Test(arguments: [
        "", "2024", "2024-01", "2024-1-1", "24-01-01", "2024-01-01T", "2024-01-01T1", "2024-01-01T10",
        "2024-01-01T10:0",
        "2024-01-01T10:00:", "2024-01-01T10:00:0", "2024-01-01T10:00:00.", "2024-01-01T10:00:00.1234567890Z",
        "2024-01-01T24:00Z", "2024-01-01T10:60Z", "2024-01-01T10:00:60Z", "2024-02-30", "2023-02-29", "2024-13-01",
        "2024-00-01", "0000-01-01", "-001-01-01", "2024-01-01T10:00+5", "2024-01-01T10:00+05:", "2024-01-01T10:00+05:0",
        "2024-01-01T10:00+24:00", "2024-01-01T10:00+05:60", "2024-01-01T10:00ZZ", "2024-01-01T10:00Q",
        "2024-01-01x10:00", "２024-01-01", "2024-01-01T10:00:00+05:00 ", "99999999999999999999-01-01", "1385337600",
        "2024/01/01",
    ])
    func otherTextsAreRefused(text: String) {
        let error = #expect(throws: TimeTextError.self) { try Timestamp.parse(text, zone: .utc) }
        #expect(error?.message.hasPrefix("`\(text)`") == true)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"), (500_000, "1970-01-01T00:00:00.5Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
    ])
    func textsAreShort(microseconds: Int64, text: String) {
        #expect(Timestamp.text(microseconds) == text)
    }

    @Test func localTextsCarryTheirOffset() throws {
        #expect(
            Timestamp.text(1_385_337_600_000_000, in: try SystemZone.named("America/New_York"))
                == "2013-11-24T19:00:00-05:00")
        #expect(Timestamp.text(0, in: try SystemZone.named("Asia/Kolkata")) == "1970-01-01T05:30:00+05:30")
    }

    @Test func textsLeadBack() throws {
        var generator = SeededGenerator(for: "textsLeadBack")
        let zone = try SystemZone.named("America/New_York")
        for _ in 0..<3000 {
            let time = Int64.random(in: Timestamp.range, using: &generator)
            #expect(try Timestamp.parse(Timestamp.text(time), zone: nil) == time)
            // Before 1883 offsets have seconds, which the text does not show.
            guard time > -2_000_000_000_000_000 else { continue }
            #expect(try Timestamp.parse(Timestamp.text(time, in: zone), zone: nil) == time)
        }
    }

    @Test func whateverIsReadIsReadOrRefused() {
        var generator = SeededGenerator(for: "whateverIsReadIsReadOrRefused")
        let characters = Array("0123456789-:.,TZ+ tz\u{301}\r\n日é")
        for _ in 0..<20_000 {
            var text = Array("2013-11-24T19:00:00.25-05:00")
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = text.indices.randomElement(using: &generator) ?? 0
                if Bool.random(using: &generator) {
                    text[place] = characters.randomElement(using: &generator) ?? "0"
                } else {
                    text.remove(at: place)
                }
            }
            if let time = try? Timestamp.parse(String(text), zone: .utc) {
                #expect(abs(time) < 1_000_000_000_000_000_000, "\(String(text))")
            }
        }
    }
}
