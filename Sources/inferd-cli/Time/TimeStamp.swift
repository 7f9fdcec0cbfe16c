/// Why a text is no point in time, as one sentence.
struct TimeStampError: Error, Equatable {
    var message: String
}

/// Points in time as text, in a zone where they name none.
enum TimeStamp {
    static func parse(_ text: String, zone: Zone, choice: Zone.Choice) throws(TimeStampError) -> Int64 {
        let parsed: TimeText
        do throws(TimeText.SyntaxError) {
            parsed = try TimeText(parsing: text)
        } catch {
            throw TimeStampError(
                message: "'\(text)' is no time; write it as 2013-11-24T18:00:00Z, or without Z in the zone's local time"
            )
        }
        switch parsed {
        case .instant(let instant): return instant
        case .local(let local): return try zone.instant(local: local, choice: choice)
        }
    }
}
