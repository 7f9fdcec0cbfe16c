/// Instants as text. An instant is microseconds since 1970-01-01T00:00:00Z.
package enum Timestamp {
    /// What to do with local times that come twice or never.
    package enum LocalTimePolicy: String, Sendable, CaseIterable {
        case reject
        case earlier
        case later
    }

    /// The years 1 to 9999, which every calendar library can write.
    package static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    /// RFC 3339 in UTC, with as many digits of the second as are needed.
    package static func text(_ microseconds: Int64) -> String {
        let (days, inDay) = microseconds.flooredQuotientAndRemainder(dividingBy: TimeStep.microsecondsPerDay)
        return "\(dateText(days))T\(timeText(inDay))Z"
    }

    /// The zone's local time with its offset, for example `2013-11-24T19:00:00-05:00`.
    package static func text(_ microseconds: Int64, in zone: TimeZoneRules) -> String {
        let seconds = microseconds.flooredQuotientAndRemainder(dividingBy: 1_000_000).quotient
        let offset = zone.utcOffset(at: seconds)
        let (days, inDay) = (microseconds &+ offset * 1_000_000)
            .flooredQuotientAndRemainder(dividingBy: TimeStep.microsecondsPerDay)
        let minutes = abs(offset) / 60
        let sign = offset < 0 ? "-" : "+"
        return "\(dateText(days))T\(timeText(inDay))\(sign)\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }

    private static func dateText(_ days: Int64) -> String {
        let date = CivilDate(daysSinceEpoch: days)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }

    private static func timeText(_ microseconds: Int64) -> String {
        let seconds = microseconds / 1_000_000
        var text = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        var fraction = microseconds % 1_000_000
        if fraction != 0 {
            var digits = 6
            while fraction % 10 == 0 {
                fraction /= 10
                digits -= 1
            }
            text += "." + padded(fraction, digits)
        }
        return text
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(abs(number))
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:MM`, `YYYY-MM-DD HH:MM:SS[.ffffff]`, with `T` or a space
    /// between, and `Z`, `+HH:MM` or nothing behind.
    /// - Parameters:
    ///   - zone: where a text without offset is local; nil: such a text is refused.
    package static func parse(
        _ text: String, zone: TimeZoneRules?, policy: LocalTimePolicy = .reject
    ) throws(TimeTextError) -> Int64 {
        var reader = TimestampReader(text)
        let parts = try reader.read()
        let local = parts.daysSinceEpoch * 86_400 + parts.secondOfDay
        if let offset = parts.offset {
            return (local - offset) * 1_000_000 + parts.microseconds
        }
        guard let zone else {
            throw TimeTextError("`\(text)` has no offset: add Z or +HH:MM, or name the zone")
        }
        let seconds: Int64
        switch zone.resolve(local: local) {
        case .unique(let instant):
            seconds = instant
        case .ambiguous(let earlier, let later):
            guard policy != .reject else {
                throw TimeTextError("`\(text)` comes twice in \(zone.name), where the clocks were set back")
            }
            seconds = policy == .earlier ? earlier : later
        case .missing(let shifted):
            guard policy != .reject else {
                throw TimeTextError("`\(text)` never comes in \(zone.name), where the clocks were set forward")
            }
            // The instants just before the gap and just after it, as far in as the text says.
            let before = zone.utcOffset(at: shifted - 86_400)
            let after = zone.utcOffset(at: shifted + 86_400)
            seconds = policy == .later ? shifted : local - max(before, after)
        }
        return seconds * 1_000_000 + parts.microseconds
    }
}
