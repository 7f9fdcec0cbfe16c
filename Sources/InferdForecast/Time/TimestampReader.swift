/// Takes the text of a time stamp apart.
struct TimestampReader {
    struct Parts {
        var daysSinceEpoch: Int64 = 0
        var secondOfDay: Int64 = 0
        var microseconds: Int64 = 0
        /// Seconds east of UTC; nil: the text does not say.
        var offset: Int64?
    }

    private let text: String
    private var rest: Substring

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    private var failure: TimeTextError {
        TimeTextError("`\(text)` is no time stamp: expected YYYY-MM-DD, or YYYY-MM-DD HH:MM[:SS], with Z or +HH:MM")
    }

    mutating func read() throws(TimeTextError) -> Parts {
        var parts = Parts()
        let year = try digits(4)
        try expect("-")
        let month = try digits(2)
        try expect("-")
        let date = CivilDate(year: year, month: month, day: try digits(2))
        guard date.isValid, year >= 1 else { throw TimeTextError("`\(text)` names no day of the calendar") }
        parts.daysSinceEpoch = date.daysSinceEpoch
        if rest.isEmpty { return parts }
        guard skip("T") || skip("t") || skip(" ") else { throw failure }
        let hour = try digits(2)
        try expect(":")
        let minute = try digits(2)
        var second: Int64 = 0
        if skip(":") {
            second = try digits(2)
            if skip(".") || skip(",") { parts.microseconds = try fraction() }
        }
        guard hour <= 23, minute <= 59, second <= 59 else {
            throw TimeTextError("`\(text)` names no time of day")
        }
        parts.secondOfDay = hour * 3600 + minute * 60 + second
        parts.offset = try offset()
        guard rest.isEmpty else { throw failure }
        return parts
    }

    private mutating func offset() throws(TimeTextError) -> Int64? {
        _ = skip(" ")
        if rest.isEmpty { return nil }
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") {
            sign = 1
        } else if skip("-") {
            sign = -1
        } else {
            throw failure
        }
        let hours = try digits(2)
        let hasColon = skip(":")
        let minutes = rest.isEmpty && !hasColon ? 0 : try digits(2)
        guard hours <= 23, minutes <= 59 else { throw failure }
        return sign * (hours * 3600 + minutes * 60)
    }

    /// Up to nine digits after the point, cut to microseconds.
    private mutating func fraction() throws(TimeTextError) -> Int64 {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count), let value = Int64(digits.prefix(6)) else { throw failure }
        rest = rest[digits.endIndex...]
        return (min(digits.count, 6)..<6).reduce(value) { value, _ in value * 10 }
    }

    private mutating func digits(_ count: Int) throws(TimeTextError) -> Int64 {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int64(digits)
        else { throw failure }
        rest = rest[digits.endIndex...]
        return value
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func expect(_ character: Character) throws(TimeTextError) {
        guard skip(character) else { throw failure }
    }
}
