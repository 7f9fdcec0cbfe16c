import InferdForecast

/// What a calendar and a clock on the wall show.
struct LocalClock {
    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Instants whose year has four digits in every zone.
    static let range: ClosedRange<Int64> = {
        let first = CivilDate(year: 0, month: 1, day: 3).daysSinceEpoch
        let last = CivilDate(year: 9999, month: 12, day: 29).daysSinceEpoch
        return first * 86_400_000_000...last * 86_400_000_000
    }()

    /// Days since 1970-01-01.
    let days: Int64
    let date: CivilDate
    /// Microseconds since midnight.
    let timeOfDay: Int64

    /// `local`: microseconds since 1970-01-01T00:00:00 on that clock.
    init(local: Int64) {
        let day: Int64 = 86_400_000_000
        let rest = local % day
        timeOfDay = rest < 0 ? rest + day : rest
        days = (local - timeOfDay) / day
        date = CivilDate(daysSinceEpoch: days)
    }

    var time: String { "\(two(timeOfDay / 3_600_000_000)):\(two(timeOfDay / 60_000_000 % 60))" }
    var timeWithSeconds: String { "\(time):\(two(timeOfDay / 1_000_000 % 60))" }
    var month: String { Self.monthNames[Int(date.month - 1)] }
    var monthAndDay: String { "\(month) \(two(date.day))" }
    var year: String { padded(date.year, 4) }

    /// RFC 3339 without an offset; a fraction only where there is one.
    var text: String {
        let fraction = timeOfDay % 1_000_000
        var digits = fraction == 0 ? "" : "." + padded(fraction, 6)
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(year)-\(two(date.month))-\(two(date.day))T\(timeWithSeconds)\(digits)"
    }

    private func two(_ value: Int64) -> String { padded(value, 2) }

    private func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
    }
}
