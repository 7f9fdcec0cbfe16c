import InferdForecast

/// A time zone: between instants and what its clocks show, both in microseconds.
struct Zone {
    /// What to do with a local time that does not exist, or that comes twice.
    enum Choice: String, CaseIterable {
        case reject, earlier, later
    }

    let name: String

    static let utc = Zone(name: "UTC")

    /// The zone of that name in the system's database.
    static func load(_ name: String) throws(CommandFailure) -> Zone {
        Zone(name: name)
    }

    /// Microseconds east of UTC.
    func offset(at instant: Int64) -> Int64 { 0 }

    /// What a clock shows.
    func local(_ instant: Int64) -> Int64 { instant + offset(at: instant) }

    func nearestInstant(local: Int64) -> Int64 { local }

    func instant(local: Int64, choice: Choice) throws(TimeStampError) -> Int64 { local }

    /// RFC 3339 with the zone's offset, or `Z` for UTC itself.
    func text(_ instant: Int64) -> String {
        let clock = LocalClock(local: local(instant)).text
        if name == "UTC" { return clock + "Z" }
        let minutes = offset(at: instant) / 60_000_000
        let shown = LocalClock(local: minutes.magnitude > 0 ? Int64(minutes.magnitude) * 60_000_000 : 0)
        return clock + (minutes < 0 ? "-" : "+") + shown.time
    }
}
