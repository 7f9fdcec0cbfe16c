import Foundation
import InferdTestSupport
import Testing

@testable import InferdJournal

struct SpoolHourTests {
    @Test func namesAreThoseOfTheCalendar() {
        #expect(SpoolHour(microseconds: 0).name == "1970-01-01T00")
        #expect(SpoolHour(microseconds: -1).name == "1969-12-31T23")
        #expect(SpoolHour(microseconds: 951_782_400_000_000).name == "2000-02-29T00")
        #expect(SpoolHour(microseconds: .min).name == "0001-01-01T00")
        #expect(SpoolHour(microseconds: .max).name == "9999-12-31T23")
    }

    @Test func everyDayOfManyYearsIsTheOneFoundationKnows() {
        let format = Date.ISO8601FormatStyle(timeZone: .gmt)
        // Days of 1700 to 2300, and an hour that walks through them.
        for day in -98_615..<120_528 {
            let seconds = day * 86_400 + (day & 0xFFFF) % 24 * 3600
            let text = Date(timeIntervalSince1970: Double(seconds)).formatted(format)
            guard SpoolHour(microseconds: Int64(seconds) * 1_000_000).name == text.prefix(13) else {
                Issue.record("\(text)")
                return
            }
        }
    }

    @Test func namesAreRead() {
        let hour = SpoolHour(microseconds: SpoolSandbox.start)
        #expect(SpoolHour(name: hour.name) == hour)
        for name in [
            "", "lock", "2013-11-24", "2013-11-24T24", "2013-13-24T00", "2013-11-00T00", "2013-11-24 08",
            "2013-11-24T8a",
        ] {
            #expect(SpoolHour(name: name) == nil)
        }
    }

    @Test func segmentsAreNamedByTheirFirstBlock() throws {
        let hour = SpoolHour(microseconds: SpoolSandbox.start)
        let name = SegmentName(hour: hour, firstBlock: 1234)
        #expect(name.path == "2013-11-24T08/0000000000001234.seg")
        #expect(SegmentName(hour: hour, file: "0000000000001234.seg") == name)
        for file in ["1234.seg", "0000000000001234.seg.new", "000000000000123x.seg", "0000000000000000.seg"] {
            #expect(SegmentName(hour: hour, file: file) == nil)
        }
    }
}
