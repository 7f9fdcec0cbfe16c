import InferdForecast

/// The time stamps a forecast will have, so that actuals and known covariates can be laid beside it.
enum ForecastTimes {
    /// `count` stamps behind a history from `first` to `last`, on the grid that begins at `first`. Fewer
    /// where time ends.
    static func stamps(first: Int64, last: Int64, step: TimeStep, zone: Zone, count: Int) -> [Int64] {
        // The index of the grid point that is nearest to the last stamp.
        var index = (last - first) / step.nominalMicroseconds
        while let next = point(index + 1, first, step, zone),
            next <= last || next - last < last - (point(index, first, step, zone) ?? first)
        {
            index += 1
        }
        while index > 0, let here = point(index, first, step, zone), here > last,
            let before = point(index - 1, first, step, zone), last - before <= here - last
        {
            index -= 1
        }
        var stamps: [Int64] = []
        for offset in 0..<Int64(count) {
            guard let stamp = point(index + 1 + offset, first, step, zone) else { break }
            stamps.append(stamp)
        }
        return stamps
    }

    /// The grid's point of that index; nil: out of range.
    private static func point(_ index: Int64, _ first: Int64, _ step: TimeStep, _ zone: Zone) -> Int64? {
        let clock = LocalClock(local: zone.local(first))
        var date = clock.date
        switch step.kind {
        case .fixed(let microseconds):
            let (product, overflow) = index.multipliedReportingOverflow(by: microseconds)
            let (sum, carry) = first.addingReportingOverflow(product)
            return overflow || carry ? nil : sum
        case .days(let days):
            date = CivilDate(daysSinceEpoch: clock.days + index * days)
        case .months(let months):
            let month = date.year * 12 + date.month - 1 + index * months
            date.year = month / 12
            date.month = month % 12 + 1
            // The day of the month is the first stamp's, or the month's last.
            date.day = min(date.day, CivilDate.daysInMonth(year: date.year, month: date.month))
        }
        guard date.isValid, (0...9999).contains(date.year) else { return nil }
        return zone.nearestInstant(local: date.daysSinceEpoch * 86_400_000_000 + clock.timeOfDay)
    }
}
