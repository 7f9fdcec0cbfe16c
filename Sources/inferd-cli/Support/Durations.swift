import InferdForecast

/// Durations in text.
enum Durations {
    /// Reads a whole number and a unit, for example `2s` or `500ms`.
    static func parse(_ text: String) throws(CommandFailure) -> Duration {
        .microseconds(try microseconds(parsing: text, maximumHours: 1))
    }

    /// Reads a whole number and a unit, of a millisecond at least.
    static func microseconds(parsing text: String, maximumHours: Int64) throws(CommandFailure) -> Int64 {
        guard let microseconds = try? TimeStep.fixedMicroseconds(parsing: text) else {
            throw CommandFailure(.usage, "'\(text)' is no duration: write a whole number and ms, s, min or h, as in 2s")
        }
        guard microseconds >= 1000, microseconds <= maximumHours * 3_600_000_000 else {
            throw CommandFailure(.usage, "'\(text)' is out of range: from 1ms to \(maximumHours)h")
        }
        return microseconds
    }

    /// Three digits and the unit that suits, for example `1.25 ms`.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let total = Double(seconds) + Double(attoseconds) * 1e-18
        if total < 1e-3 { return "\(Numbers.significant(total * 1e6, digits: 3)) us" }
        if total < 1 { return "\(Numbers.significant(total * 1e3, digits: 3)) ms" }
        return "\(Numbers.significant(total, digits: 3)) s"
    }
}
