/// The places in time that a series' points may have: an anchor and steps from it.
package struct TimeGrid {
    private enum Kind {
        case fixed(step: Int64)
        case days(Int64)
        case months(Int64)
    }

    private let kind: Kind
    private let anchor: Int64
    private let zone: TimeZoneRules
    /// The anchor's local date and time, for calendar steps.
    private let localDays: Int64
    private let localDate: CivilDate
    private let localMicrosecondOfDay: Int64

    /// - Parameter anchor: within `Timestamp.range`.
    package init(anchor: Int64, step: TimeStep, zone: TimeZoneRules) {
        self.anchor = anchor
        self.zone = zone
        switch step.kind {
        case .fixed(let microseconds): kind = .fixed(step: microseconds)
        case .days(let days): kind = .days(days)
        case .months(let months): kind = .months(months)
        }
        (localDays, localMicrosecondOfDay) = Self.local(anchor, zone)
        localDate = CivilDate(daysSinceEpoch: localDays)
    }

    private static func local(_ time: Int64, _ zone: TimeZoneRules) -> (days: Int64, inDay: Int64) {
        let seconds = time.flooredQuotientAndRemainder(dividingBy: 1_000_000).quotient
        let (days, inDay) = (time &+ zone.utcOffset(at: seconds) * 1_000_000)
            .flooredQuotientAndRemainder(dividingBy: TimeStep.microsecondsPerDay)
        return (days, inDay)
    }

    /// Microseconds since the epoch of place `index`; nil when it lies outside `Timestamp.range`.
    package func time(_ index: Int) -> Int64? {
        let count = Int64(index)
        switch kind {
        case .fixed(let step):
            let (distance, overflow) = step.multipliedReportingOverflow(by: count)
            let (time, overflow2) = anchor.addingReportingOverflow(distance)
            return overflow || overflow2 || !Timestamp.range.contains(time) ? nil : time
        case .days(let days):
            let (distance, overflow) = days.multipliedReportingOverflow(by: count)
            guard !overflow, distance < 4_000_000 else { return nil }
            return resolve(days: localDays + distance)
        case .months(let months):
            let (distance, overflow) = months.multipliedReportingOverflow(by: count)
            guard !overflow, distance < 120_000 else { return nil }
            let month = localDate.year * 12 + localDate.month - 1 + distance
            let (year, zeroBased) = month.flooredQuotientAndRemainder(dividingBy: 12)
            // A month that is too short ends the count on its last day; the next counts anew.
            let length = CivilDate.daysInMonth(year: year, month: zeroBased + 1)
            let date = CivilDate(year: year, month: zeroBased + 1, day: min(localDate.day, length))
            return resolve(days: date.daysSinceEpoch)
        }
    }

    /// The anchor's local time of day on another day: later by the gap where the clocks skip it, the
    /// first where it comes twice.
    private func resolve(days: Int64) -> Int64? {
        let (second, rest) = localMicrosecondOfDay.quotientAndRemainder(dividingBy: 1_000_000)
        let instant: Int64
        switch zone.resolve(local: days * 86_400 + second) {
        case .unique(let seconds): instant = seconds
        case .ambiguous(let earlier, _): instant = earlier
        case .missing(let shifted): instant = shifted
        }
        let time = instant * 1_000_000 + rest
        return Timestamp.range.contains(time) ? time : nil
    }

    /// The place closest to `time`, which lies within `Timestamp.range` and not before the anchor.
    package func nearestIndex(to time: Int64) -> Int {
        switch kind {
        case .fixed(let step):
            let distance = time - anchor
            return Int((distance + step / 2) / step)
        case .days(let days):
            let here = Self.local(time, zone).days
            // The local date may go back where the clocks are set back over midnight.
            return closest(to: time, around: max(0, here - localDays) / days)
        case .months(let months):
            let here = CivilDate(daysSinceEpoch: Self.local(time, zone).days)
            let distance = (here.year - localDate.year) * 12 + here.month - localDate.month
            return closest(to: time, around: distance / months)
        }
    }

    private func closest(to time: Int64, around guess: Int64) -> Int {
        var best = Int(guess)
        var bestDistance = Int64.max
        for index in max(0, Int(guess) - 1)...Int(guess) + 1 {
            guard let place = self.time(index) else { continue }
            let distance = abs(place - time)
            if distance < bestDistance {
                best = index
                bestDistance = distance
            }
        }
        return best
    }
}
