/// The rule that goes on after a zone's last known transition: POSIX's TZ string (IEEE 1003.1,
/// section 8.3) with RFC 8536's wider hours.
struct PosixTimeZone: Sendable {
    /// A day of the year on which clocks change, and when.
    private struct Change {
        enum Day {
            /// 1 to 365; February 29 is never counted.
            case julian(Int64)
            /// 0 to 365; February 29 is counted.
            case zeroBased(Int64)
            /// Month 1 to 12, week 1 to 5 (5: the last), weekday 0 (Sunday) to 6.
            case weekday(month: Int64, week: Int64, day: Int64)
        }

        let day: Day
        /// Seconds after local midnight; may be negative or beyond the day.
        let time: Int64

        /// As seconds since the epoch of the local clock.
        func local(in year: Int64) -> Int64 {
            let newYear = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
            let days: Int64
            switch day {
            case .julian(let number):
                days = newYear + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
            case .zeroBased(let number):
                days = newYear + number
            case .weekday(let month, let week, let weekday):
                let first = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
                // Here Monday is 0, there Sunday is.
                let firstWeekday = (CivilDate.weekday(daysSinceEpoch: first) + 1) % 7
                var date = 1 + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
                if date > CivilDate.daysInMonth(year: year, month: month) { date -= 7 }
                days = first + date - 1
            }
            return days * 86_400 + time
        }
    }

    private let standardOffset: Int64
    /// Without it clocks never change.
    private let daylight: (offset: Int64, start: Change, end: Change)?

    init(parsing text: String) throws(TimeTextError) {
        var parser = Parser(text)
        try parser.skipName()
        standardOffset = -(try parser.zoneOffset())
        if parser.isAtEnd {
            daylight = nil
            return
        }
        try parser.skipName()
        var offset = standardOffset + 3600
        if parser.next != "," {
            offset = -(try parser.zoneOffset())
        }
        let start = try parser.change()
        let end = try parser.change()
        guard parser.isAtEnd else { throw parser.failure }
        daylight = (offset, start, end)
    }

    /// Seconds east of UTC.
    func utcOffset(at seconds: Int64) -> Int64 {
        guard let daylight else { return standardOffset }
        let days = (seconds + standardOffset).flooredQuotientAndRemainder(dividingBy: 86_400).quotient
        let year = CivilDate(daysSinceEpoch: days).year
        let start = daylight.start.local(in: year) - standardOffset
        let end = daylight.end.local(in: year) - daylight.offset
        let isDaylight =
            start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end
        return isDaylight ? daylight.offset : standardOffset
    }

    private struct Parser {
        private let text: String
        private var rest: Substring

        init(_ text: String) {
            self.text = text
            rest = text[...]
        }

        var isAtEnd: Bool { rest.isEmpty }
        var next: Character? { rest.first }
        var failure: TimeTextError { TimeTextError("`\(text.prefix(64))` is no POSIX time zone") }

        private mutating func skip(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }

        mutating func skipName() throws(TimeTextError) {
            if skip("<") {
                guard let end = rest.firstIndex(of: ">") else { throw failure }
                rest = rest[rest.index(after: end)...]
            } else {
                let name = rest.prefix { $0.isASCII && $0.isLetter }
                guard name.count >= 3 else { throw failure }
                rest = rest[name.endIndex...]
            }
        }

        private mutating func number() throws(TimeTextError) -> Int64 {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count <= 4, let value = Int64(digits) else { throw failure }
            rest = rest[digits.endIndex...]
            return value
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func offset() throws(TimeTextError) -> Int64 {
            let isNegative = skip("-")
            if !isNegative { _ = skip("+") }
            var seconds = try number() * 3600
            if skip(":") {
                seconds += try number() * 60
                if skip(":") { seconds += try number() }
            }
            return isNegative ? -seconds : seconds
        }

        /// An offset from UTC; POSIX has hours up to 24.
        mutating func zoneOffset() throws(TimeTextError) -> Int64 {
            let seconds = try offset()
            guard abs(seconds) < 25 * 3600 else { throw failure }
            return seconds
        }

        mutating func change() throws(TimeTextError) -> Change {
            guard skip(",") else { throw failure }
            let day: Change.Day
            if skip("M") {
                let month = try number()
                guard skip(".") else { throw failure }
                let week = try number()
                guard skip(".") else { throw failure }
                let weekday = try number()
                guard (1...12).contains(month), (1...5).contains(week), weekday <= 6 else { throw failure }
                day = .weekday(month: month, week: week, day: weekday)
            } else if skip("J") {
                let number = try number()
                guard (1...365).contains(number) else { throw failure }
                day = .julian(number)
            } else {
                let number = try number()
                guard number <= 365 else { throw failure }
                day = .zeroBased(number)
            }
            return Change(day: day, time: skip("/") ? try offset() : 7200)
        }
    }
}
