import InferdForecast

/// A time zone: between instants, which are microseconds since 1970-01-01T00:00:00Z, and what its clocks
/// show, in microseconds since 1970-01-01T00:00:00 on them.
///
/// The one place where the program meets the forecast library's zones and texts of time.
struct Zone {
    /// What to do with a local time that does not exist, or that comes twice.
    typealias Choice = Timestamp.LocalTimePolicy

    private let rules: TimeZoneRules

    static let utc = Zone(rules: .utc)

    private init(rules: TimeZoneRules) {
        self.rules = rules
    }

    /// The zone of that IANA name in the system's database, which `TZDIR` may place elsewhere.
    static func load(_ name: String) throws(CommandFailure) -> Zone {
        if name == "UTC" { return utc }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".."
                && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        guard isName else {
            throw CommandFailure(.usage, "'\(name)' is no time zone; write a name such as Europe/Berlin or UTC")
        }
        let folder = Environment.value("TZDIR") ?? "/usr/share/zoneinfo"
        guard let bytes = try? Files.read("\(folder)/\(name)") else {
            throw CommandFailure(
                .noInput, "the time zone '\(name)' is not in \(folder); check its name, or install tzdata")
        }
        do {
            return Zone(rules: unsafe try TimeZoneRules(tzif: bytes.span.bytes, name: name))
        } catch {
            throw CommandFailure(.data, "the time zone '\(name)' in \(folder) cannot be used: \(error)")
        }
    }

    var name: String { rules.name }

    /// Microseconds east of UTC.
    func offset(at instant: Int64) -> Int64 {
        let seconds = instant >= 0 ? instant / 1_000_000 : (instant - 999_999) / 1_000_000
        return rules.utcOffset(at: seconds) * 1_000_000
    }

    /// What a clock shows at an instant of `LocalClock.range`.
    func local(_ instant: Int64) -> Int64 { instant + offset(at: instant) }

    /// The instant when a clock shows `local`. A time that comes twice is the earlier, one that is
    /// skipped moves on by as much as the clocks do.
    func nearestInstant(local: Int64) -> Int64 {
        let seconds = local >= 0 ? local / 1_000_000 : (local - 999_999) / 1_000_000
        return switch rules.resolve(local: seconds) {
        case .unique(let instant), .ambiguous(let instant, _), .missing(let instant):
            instant * 1_000_000 + local - seconds * 1_000_000
        }
    }

    /// The points of a series that begins at `first`.
    func grid(first: Int64, step: TimeStep) -> TimeGrid {
        TimeGrid(anchor: first, step: step, zone: rules)
    }

    /// Reads a point in time; one without an offset is in this zone.
    func instant(parsing text: String, choice: Choice = .reject) throws(TimeStampError) -> Int64 {
        do throws(TimeTextError) {
            return try Timestamp.parse(text, zone: rules, policy: choice)
        } catch {
            let isChoice = choice == .reject && (try? Timestamp.parse(text, zone: rules, policy: .earlier)) != nil
            throw TimeStampError(
                message: error.message + (isChoice ? "; choose with --local-times, or add an offset" : ""))
        }
    }

    /// RFC 3339 with the zone's offset, or `Z` for UTC itself.
    func text(_ instant: Int64) -> String {
        name == "UTC" ? Timestamp.text(instant) : Timestamp.text(instant, in: rules)
    }
}
