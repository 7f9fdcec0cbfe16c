/// An hour of UTC: the directory that a segment lies in. A label for people; nothing is ordered by it.
struct SpoolHour: Hashable {
    private let year: Int
    private let month: Int
    private let day: Int
    private let hour: Int

    /// Hours since 1970-01-01T00:00:00Z whose years have four digits, from 0001 on.
    private static let range: ClosedRange<Int64> = -17_259_888...70_389_527

    /// The hour of a moment in microseconds since 1970-01-01T00:00:00Z. What has no year of four digits
    /// gets the nearest hour that has.
    init(microseconds: Int64) {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 3_600_000_000)
        let hours = Int(min(max(remainder < 0 ? quotient - 1 : quotient, Self.range.lowerBound), Self.range.upperBound))
        // Days since 0000-03-01 of the Gregorian calendar: the day that is now and then added is a year's last.
        let days = (hours - Int(Self.range.lowerBound)) / 24 + 306
        let (cycle, dayOfCycle) = days.quotientAndRemainder(dividingBy: 146_097)
        // Of 400 years, each of 365 days, every fourth has a day more, but not every hundredth, but the last.
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        // From March on, five months have 153 days, over and over.
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = 400 * cycle + yearOfCycle + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        hour = (hours - Int(Self.range.lowerBound)) % 24
    }

    /// The hour that a directory's name, such as `2013-11-24T06`, says; nil when it says none.
    init?(name: String) {
        let bytes = Array(name.utf8)
        guard bytes.count == 13, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), let year = Self.number(bytes[0..<4]),
            let month = Self.number(bytes[5..<7]), let day = Self.number(bytes[8..<10]),
            let hour = Self.number(bytes[11..<13]), (1...12).contains(month), (1...31).contains(day), hour < 24
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
    }

    /// The directory's name.
    var name: String {
        "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))T\(Self.digits(hour, 2))"
    }

    private static func digits(_ value: Int, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: count - text.utf8.count) + text
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
