import Foundation
import InferdTestSupport
import Testing

@testable import InferdForecast

struct CivilDateTests {
    @Test(
        arguments: [
            (0, 1970, 1, 1), (-1, 1969, 12, 31), (11_016, 2000, 2, 29), (11_017, 2000, 3, 1), (-719_162, 1, 1, 1),
            (-719_528, 0, 1, 1), (2_932_896, 9999, 12, 31), (-25_508, 1900, 3, 1), (-25_509, 1900, 2, 28),
        ] as [(Int64, Int64, Int64, Int64)])
    func knownDaysHaveTheirDates(days: Int64, year: Int64, month: Int64, day: Int64) {
        let date = CivilDate(year: year, month: month, day: day)
        #expect(CivilDate(daysSinceEpoch: days) == date)
        #expect(date.daysSinceEpoch == days)
        #expect(date.isValid)
    }

    @Test(
        arguments: [
            (2013, 2, 29), (1900, 2, 29), (2013, 4, 31), (2013, 0, 1), (2013, 13, 1), (2013, 1, 0), (2013, 1, 32),
            (1_000_000, 1, 1),
        ] as [(Int64, Int64, Int64)])
    func daysThatTheCalendarLacksAreNotValid(year: Int64, month: Int64, day: Int64) {
        #expect(!CivilDate(year: year, month: month, day: day).isValid)
    }

    /// The rows are those of ISO 8601's own corner cases: a year's first and last days may belong to its
    /// neighbours' weeks.
    @Test(
        arguments: [
            (2005, 1, 1, 53), (2005, 1, 2, 53), (2005, 12, 31, 52), (2006, 1, 1, 52), (2007, 1, 1, 1),
            (2008, 12, 28, 52), (2008, 12, 29, 1), (2009, 12, 31, 53), (2010, 1, 3, 53), (2010, 1, 4, 1),
            (2020, 12, 31, 53), (2021, 1, 3, 53), (2024, 12, 30, 1),
        ] as [(Int64, Int64, Int64, Int64)])
    func weeksAreThoseOfISO8601(year: Int64, month: Int64, day: Int64, week: Int64) {
        #expect(CivilDate.isoWeek(daysSinceEpoch: CivilDate(year: year, month: month, day: day).daysSinceEpoch) == week)
    }

    @Test func theEpochWasAThursday() {
        #expect(CivilDate.weekday(daysSinceEpoch: 0) == 3)
        #expect(CivilDate.weekday(daysSinceEpoch: -3) == 0)
        #expect(CivilDate.weekday(daysSinceEpoch: -4) == 6)
    }

    @Test func datesGoOnDayByDay() {
        var generator = SeededGenerator(for: "datesGoOnDayByDay")
        for _ in 0..<2000 {
            let days = Int64.random(in: -300_000_000...300_000_000, using: &generator)
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date.isValid && date.daysSinceEpoch == days, "\(days)")
            let next = CivilDate(daysSinceEpoch: days + 1)
            if next.day != 1 {
                #expect(next.day == date.day + 1 && next.month == date.month && next.year == date.year, "\(days)")
            } else {
                #expect(date.day == CivilDate.daysInMonth(year: date.year, month: date.month), "\(days)")
            }
        }
    }

    /// From 1583 on, because Foundation's calendar is Julian before.
    @Test func agreesWithFoundation() throws {
        var generator = SeededGenerator(for: "agreesWithFoundation")
        var gregorian = Calendar(identifier: .gregorian)
        var iso = Calendar(identifier: .iso8601)
        let utc = try #require(TimeZone(identifier: "GMT"))
        gregorian.timeZone = utc
        iso.timeZone = utc
        let years = CivilDate(year: 1583, month: 1, day: 1).daysSinceEpoch...2_932_896
        for _ in 0..<3000 {
            let days = Int64.random(in: years, using: &generator)
            let instant = Date(timeIntervalSince1970: Double(days) * 86_400 + 43_200)
            let expected = gregorian.dateComponents([.year, .month, .day, .weekday], from: instant)
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date.year == Int64(expected.year ?? 0), "\(days)")
            #expect(date.month == Int64(expected.month ?? 0), "\(days)")
            #expect(date.day == Int64(expected.day ?? 0), "\(days)")
            // Foundation's Sunday is 1.
            #expect((CivilDate.weekday(daysSinceEpoch: days) + 1) % 7 + 1 == Int64(expected.weekday ?? 0), "\(days)")
            let dayOfYear = gregorian.ordinality(of: .day, in: .year, for: instant)
            #expect(date.dayOfYear == Int64(dayOfYear ?? 0), "\(days)")
            #expect(
                CivilDate.isoWeek(daysSinceEpoch: days) == Int64(iso.component(.weekOfYear, from: instant)), "\(days)")
        }
    }
}
