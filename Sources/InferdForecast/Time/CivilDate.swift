/// A date of the proleptic Gregorian calendar: its rules are applied to all years, and the year
/// before 1 is 0.
///
/// Conversions follow the era method (400 years are exactly 146,097 days; a year counted from
/// March has its leap day at its end), described by Howard Hinnant in "chrono-Compatible Low-Level
/// Date Algorithms". They hold for the years of `yearRange`, which contains every year that 64 bits
/// of microseconds reach.
package struct CivilDate: Hashable, Sendable {
    package var year: Int64
    /// 1 to 12.
    package var month: Int64
    /// 1 to the month's length.
    package var day: Int64

    /// Years for which the arithmetic here cannot overflow.
    package static let yearRange: ClosedRange<Int64> = -999_999...999_999
    static let daysPerEra: Int64 = 146_097

    /// The parts are taken as they are: see `isValid`.
    package init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date `days` after 1970-01-01; its year must lie within `yearRange`.
    package init(daysSinceEpoch days: Int64) {
        // Day 0 of era 0 is 0000-03-01, 719,468 days before the epoch.
        let (era, dayOfEra) = (days &+ 719_468).flooredQuotientAndRemainder(dividingBy: Self.daysPerEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
    }

    /// Days from 1970-01-01 to this date.
    package var daysSinceEpoch: Int64 {
        let marchYear = month <= 2 ? year &- 1 : year
        let (era, yearOfEra) = marchYear.flooredQuotientAndRemainder(dividingBy: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era &* Self.daysPerEra &+ dayOfEra &- 719_468
    }

    package var isValid: Bool {
        Self.yearRange.contains(year) && (1...12).contains(month) && day >= 1
            && day <= Self.daysInMonth(year: year, month: month)
    }

    /// 1 to 366.
    package var dayOfYear: Int64 {
        let before: [12 of Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return before[Int(month) - 1] + day + (month > 2 && Self.isLeap(year) ? 1 : 0)
    }

    package static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// `month` is 1 to 12.
    package static func daysInMonth(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Weekday of the day `days` after 1970-01-01 (a Thursday): Monday is 0, Sunday 6.
    package static func weekday(daysSinceEpoch days: Int64) -> Int64 {
        (days &+ 3).flooredQuotientAndRemainder(dividingBy: 7).remainder
    }

    /// ISO 8601 week, 1 to 53, of the day `days` after 1970-01-01: that of its week's Thursday,
    /// counted within the Thursday's own year.
    package static func isoWeek(daysSinceEpoch days: Int64) -> Int64 {
        let thursday = days &- weekday(daysSinceEpoch: days) &+ 3
        return (CivilDate(daysSinceEpoch: thursday).dayOfYear - 1) / 7 + 1
    }
}
