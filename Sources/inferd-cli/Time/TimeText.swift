import InferdForecast

/// A point in time as text gives it: `YYYY-MM-DD`, or with a `T` or blank and `hh:mm[:ss[.ffffff]]`
/// behind it, and then `Z` or an offset like `-05:00` (RFC 3339) or nothing.
enum TimeText: Equatable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    case instant(Int64)
    /// Microseconds that a clock in some zone shows, counted from 1970-01-01T00:00:00 on that clock.
    case local(Int64)

    struct SyntaxError: Error, Equatable {}

    init(parsing text: String) throws(SyntaxError) {
        var scanner = Scanner(bytes: Array(text.utf8))
        let date = try scanner.date()
        var local = date.daysSinceEpoch * 86_400_000_000
        guard scanner.accept("T") || scanner.accept("t") || scanner.accept(" ") else {
            guard scanner.isAtEnd else { throw SyntaxError() }
            self = .local(local)
            return
        }
        local += try scanner.timeOfDay()
        if scanner.isAtEnd {
            self = .local(local)
            return
        }
        let offset = try scanner.offset()
        guard scanner.isAtEnd else { throw SyntaxError() }
        self = .instant(local - offset)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        var isAtEnd: Bool { position == bytes.count }

        mutating func accept(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func expect(_ character: Unicode.Scalar) throws(SyntaxError) {
            if !accept(character) { throw SyntaxError() }
        }

        /// Exactly `count` digits, within `range`.
        mutating func number(_ count: Int, _ range: ClosedRange<Int64>) throws(SyntaxError) -> Int64 {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit else { throw SyntaxError() }
                value = value * 10 + digit
                position += 1
            }
            guard range.contains(value) else { throw SyntaxError() }
            return value
        }

        private var digit: Int64? {
            guard position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 else { return nil }
            return Int64(bytes[position] - 0x30)
        }

        mutating func date() throws(SyntaxError) -> CivilDate {
            let year = try number(4, 0...9999)
            try expect("-")
            let month = try number(2, 1...12)
            try expect("-")
            let day = try number(2, 1...31)
            let date = CivilDate(year: year, month: month, day: day)
            guard date.isValid else { throw SyntaxError() }
            return date
        }

        /// Microseconds since midnight. No leap second: no clock of this world shows one.
        mutating func timeOfDay() throws(SyntaxError) -> Int64 {
            let hour = try number(2, 0...23)
            try expect(":")
            let minute = try number(2, 0...59)
            var seconds = hour * 3600 + minute * 60
            guard accept(":") else { return seconds * 1_000_000 }
            seconds += try number(2, 0...59)
            guard accept(".") || accept(",") else { return seconds * 1_000_000 }
            return seconds * 1_000_000 + (try fraction())
        }

        /// Microseconds; digits beyond the sixth must be zero, since they cannot be kept.
        private mutating func fraction() throws(SyntaxError) -> Int64 {
            var microseconds: Int64 = 0
            var unit: Int64 = 100_000
            let start = position
            while let digit {
                guard unit > 0 || digit == 0 else { throw SyntaxError() }
                microseconds += digit * unit
                unit /= 10
                position += 1
            }
            guard position > start else { throw SyntaxError() }
            return microseconds
        }

        /// Microseconds east of UTC.
        mutating func offset() throws(SyntaxError) -> Int64 {
            if accept("Z") || accept("z") { return 0 }
            let isWest = accept("-")
            if !isWest { try expect("+") }
            let hours = try number(2, 0...23)
            var minutes: Int64 = 0
            if !isAtEnd {
                _ = accept(":")
                minutes = try number(2, 0...59)
            }
            return (hours * 60 + minutes) * (isWest ? -60_000_000 : 60_000_000)
        }
    }
}
