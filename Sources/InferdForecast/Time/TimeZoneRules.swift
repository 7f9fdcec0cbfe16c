/// When a zone's clocks changed and will change: a TZif file (RFC 8536) in memory.
package struct TimeZoneRules: Sendable {
    /// What a local time means.
    package enum Resolution: Equatable, Sendable {
        case unique(Int64)
        /// The clocks were set back: the local time comes twice.
        case ambiguous(earlier: Int64, later: Int64)
        /// The clocks were set forward: the local time never comes. `shifted` is as much later as the
        /// clocks were set.
        case missing(shifted: Int64)
    }

    package let name: String
    /// Seconds since the epoch, rising.
    private let transitions: [Int64]
    /// Seconds east of UTC from each transition on.
    private let offsets: [Int32]
    /// Before the first transition.
    private let firstOffset: Int32
    /// After the last transition; nil: the last offset stays.
    private let footer: PosixTimeZone?

    package static let utc = TimeZoneRules(name: "UTC")

    private init(name: String) {
        self.name = name
        transitions = []
        offsets = []
        firstOffset = 0
        footer = nil
    }

    /// Reads the content of a TZif file of version 1 to 4.
    package init(tzif: RawSpan, name: String) throws(TimeTextError) {
        let content = try TZifReader.read(tzif)
        self.name = name
        transitions = content.transitions
        offsets = content.offsets
        firstOffset = content.firstOffset
        footer = content.footer.isEmpty ? nil : try PosixTimeZone(parsing: content.footer)
    }

    /// Seconds east of UTC at `seconds` since the epoch.
    package func utcOffset(at seconds: Int64) -> Int64 {
        guard let last = transitions.last else {
            return footer?.utcOffset(at: seconds) ?? Int64(firstOffset)
        }
        if seconds >= last, let footer { return footer.utcOffset(at: seconds) }
        if seconds < transitions[0] { return Int64(firstOffset) }
        // The last transition that is not later than `seconds`.
        var low = 0
        var high = transitions.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds {
                low = middle
            } else {
                high = middle
            }
        }
        return Int64(offsets[low])
    }

    /// The instant of a local time, given as seconds since the epoch as if it were UTC.
    package func resolve(local: Int64) -> Resolution {
        // Clocks change by less than a day and not twice within two.
        let before = utcOffset(at: local - 86_400)
        let after = utcOffset(at: local + 86_400)
        let first = local - before
        let second = local - after
        let firstHolds = utcOffset(at: first) == before
        let secondHolds = utcOffset(at: second) == after
        switch (firstHolds, secondHolds) {
        case (true, true) where first != second:
            return .ambiguous(earlier: min(first, second), later: max(first, second))
        case (true, _): return .unique(first)
        case (false, true): return .unique(second)
        case (false, false): return .missing(shifted: first)
        }
    }
}
