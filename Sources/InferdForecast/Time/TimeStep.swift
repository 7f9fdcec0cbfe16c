/// The distance between two points of a series: a fixed number of microseconds, or a number of days
/// or months of the local calendar, whose length in microseconds changes.
package struct TimeStep: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Always the same length.
        case fixed(microseconds: Int64)
        /// The same local time of day, so many days on.
        case days(Int64)
        /// The same local time of the same day of the month, so many months on.
        case months(Int64)
    }

    /// Every count is positive.
    package let kind: Kind

    /// More than any step's text needs.
    static let greatestTextBytes = 32
    static let microsecondsPerDay: Int64 = 86_400_000_000
    /// Greatest number that may stand before a unit; no unit overflows with it.
    private static let maximumNumber: Int64 = 999_999_999

    /// `microseconds` must be positive.
    package init(microseconds: Int64) {
        precondition(microseconds > 0)
        kind = .fixed(microseconds: microseconds)
    }

    /// Reads a whole number and a unit out of `us ms s min h d w mo y`, for example `15min`.
    /// `d` and `w` are days, `mo` and `y` months of the calendar; `7d` equals `1w`.
    package init(parsing text: String) throws(TimeTextError) {
        let (number, unit) = try Self.split(text)
        if number == 0 {
            throw TimeTextError("step `\(text)` has no length: expected a number of at least 1")
        }
        switch unit {
        case "d": kind = .days(number)
        case "w": kind = .days(number * 7)
        case "mo": kind = .months(number)
        case "y": kind = .months(number * 12)
        default:
            guard let length = Self.fixedUnit(unit) else {
                throw TimeTextError("`\(text)` has no known unit: expected one of us, ms, s, min, h, d, w, mo, y")
            }
            kind = .fixed(microseconds: number * length)
        }
    }

    /// Reads a length that is the same on any day: a whole number, which may be 0, and a unit out of
    /// `us ms s min h`. The result is in microseconds.
    package static func fixedMicroseconds(parsing text: String) throws(TimeTextError) -> Int64 {
        let (number, unit) = try split(text)
        guard let length = fixedUnit(unit) else {
            throw TimeTextError("`\(text)` is no fixed duration: expected a unit out of us, ms, s, min, h")
        }
        return number * length
    }

    /// Shortest text with this meaning, for example `15min` for 900,000,000 microseconds.
    package var text: String {
        switch kind {
        case .fixed(let microseconds): Self.text(microseconds: microseconds)
        case .days(let days): days % 7 == 0 ? "\(days / 7)w" : "\(days)d"
        case .months(let months): months % 12 == 0 ? "\(months / 12)y" : "\(months)mo"
        }
    }

    /// Text of a duration in the greatest unit that leaves no rest, for example `90s`; 0 is `0s`.
    static func text(microseconds: Int64) -> String {
        if microseconds == 0 { return "0s" }
        if microseconds % 3_600_000_000 == 0 { return "\(microseconds / 3_600_000_000)h" }
        if microseconds % 60_000_000 == 0 { return "\(microseconds / 60_000_000)min" }
        if microseconds % 1_000_000 == 0 { return "\(microseconds / 1_000_000)s" }
        if microseconds % 1000 == 0 { return "\(microseconds / 1000)ms" }
        return "\(microseconds)us"
    }

    private static func fixedUnit(_ unit: Substring) -> Int64? {
        switch unit {
        case "us": 1
        case "ms": 1000
        case "s": 1_000_000
        case "min": 60_000_000
        case "h": 3_600_000_000
        default: nil
        }
    }

    private static func split(_ text: String) throws(TimeTextError) -> (number: Int64, unit: Substring) {
        // Nor do errors repeat a text of whatever length.
        guard text.utf8.count <= greatestTextBytes else {
            throw TimeTextError("a step has at most \(greatestTextBytes) bytes, this \(text.utf8.count)")
        }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let number = Int64(digits), number <= maximumNumber else {
            throw TimeTextError(
                "`\(text)` does not begin with a whole number of at most \(maximumNumber)")
        }
        return (number, text[digits.endIndex...])
    }
}
