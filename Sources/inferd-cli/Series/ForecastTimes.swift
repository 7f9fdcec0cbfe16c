import InferdForecast

/// The time stamps a forecast will have, so that actuals and known covariates can be laid beside it.
enum ForecastTimes {
    /// `count` stamps behind a history from `first` to `last`, on the grid that begins at `first`. Fewer
    /// where time ends.
    static func stamps(first: Int64, last: Int64, step: TimeStep, zone: Zone, count: Int) -> [Int64] {
        guard Timestamp.range.contains(first), Timestamp.range.contains(last) else { return [] }
        let grid = zone.grid(first: first, step: step)
        let next = grid.nearestIndex(to: last) + 1
        var stamps: [Int64] = []
        for offset in 0..<count {
            guard let stamp = grid.time(next + offset) else { break }
            stamps.append(stamp)
        }
        return stamps
    }
}
