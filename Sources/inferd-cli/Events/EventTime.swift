/// Times of events, which come from a file and may say anything.
enum EventTime {
    /// RFC 3339 in UTC; microseconds since 1970-01-01T00:00:00Z for what no calendar here reaches.
    static func text(_ microseconds: Int64) -> String {
        LocalClock.range.contains(microseconds) ? Zone.utc.text(microseconds) : "\(microseconds)us"
    }
}
