/// A property of a local time.
package enum CalendarField: String, Sendable, CaseIterable {
    case hour
    case dayOfWeek = "day_of_week"
    case dayOfMonth = "day_of_month"
    case month
    case dayOfYear = "day_of_year"
    case isoWeek = "iso_week"

    /// Number of values, which is also the period of sine and cosine.
    package var period: Int {
        switch self {
        case .hour: 24
        case .dayOfWeek: 7
        case .dayOfMonth: 31
        case .month: 12
        case .dayOfYear: 366
        case .isoWeek: 53
        }
    }

    /// The value at a local time, counted from 0; Monday is 0.
    func value(days: Int64, date: CivilDate, secondOfDay: Int64) -> Int {
        switch self {
        case .hour: Int(secondOfDay / 3600)
        case .dayOfWeek: Int(CivilDate.weekday(daysSinceEpoch: days))
        case .dayOfMonth: Int(date.day - 1)
        case .month: Int(date.month - 1)
        case .dayOfYear: Int(date.dayOfYear - 1)
        case .isoWeek: Int(CivilDate.isoWeek(daysSinceEpoch: days) - 1)
        }
    }

    /// The value `zeroBased` as a fraction: hour / 23, day of week / 6, (day of month - 1) / 30,
    /// (month - 1) / 11, day of year / 366, ISO week / 53.
    func scaled(_ zeroBased: Int) -> Double {
        switch self {
        case .hour: Double(zeroBased) / 23
        case .dayOfWeek: Double(zeroBased) / 6
        case .dayOfMonth: Double(zeroBased) / 30
        case .month: Double(zeroBased) / 11
        case .dayOfYear: Double(zeroBased + 1) / 366
        case .isoWeek: Double(zeroBased + 1) / 53
        }
    }
}

/// How a calendar field becomes columns.
package enum CalendarEncoding: String, Sendable, CaseIterable {
    /// sin(2 pi v / period), v counted from 0.
    case sin
    case cos
    /// From 0 (or a little more) to 1.
    case scaled
    /// One column a value, 1 in the value's own.
    case oneHot = "one_hot"
}
