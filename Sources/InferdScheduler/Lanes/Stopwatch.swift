import InferdBase

/// Times stages that follow one another.
struct Stopwatch {
    private let clock: () -> MonotonicTime
    private var last: MonotonicTime

    init(_ clock: @escaping () -> MonotonicTime) {
        self.clock = clock
        last = clock()
    }

    /// Microseconds since the last lap, or the start.
    mutating func lap() -> Float {
        let now = clock()
        defer { last = now }
        return now.microseconds(since: last)
    }
}
