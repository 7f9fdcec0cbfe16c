import InferdForecast

/// The time axis: ticks at round times of a zone's clock, with labels in two lines: what changes from
/// tick to tick, and below what it belongs to.
struct TimeAxis {
    struct Tick: Equatable {
        /// Microseconds since 1970-01-01T00:00:00Z.
        var time: Int64
        /// For example `06:00`.
        var label: String
        /// For example `Nov 24`.
        var context: String
    }

    let ticks: [Tick]

    /// Ticks from `start` to `end`, at most `maximumTicks`.
    init(from start: Int64, to end: Int64, zone: Zone, maximumTicks: Int) {
        let interval = Interval.candidates.first { $0.count(from: start, to: end) <= maximumTicks }
        ticks = (interval ?? .years(1000)).ticks(from: start, to: end, zone: zone)
    }

    private enum Interval {
        case seconds(Int64)
        case days(Int64)
        case months(Int64)
        case years(Int64)

        static let candidates: [Interval] =
            [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200].map {
                .seconds($0)
            } + [1, 2, 7, 14].map { .days($0) } + [1, 3, 6].map { .months($0) }
            + [1, 2, 5, 10, 50, 100].map { .years($0) }

        private var nominalSeconds: Int64 {
            switch self {
            case .seconds(let count): count
            case .days(let count): count * 86_400
            case .months(let count): count * 86_400 * 28
            case .years(let count): count * 86_400 * 365
            }
        }

        func count(from start: Int64, to end: Int64) -> Int64 {
            (end / 1_000_000 - start / 1_000_000) / nominalSeconds + 1
        }

        func ticks(from start: Int64, to end: Int64, zone: Zone) -> [Tick] {
            var ticks: [Tick] = []
            var local = first(after: zone.local(start))
            while true {
                // A tick that the clock skips or shows twice moves by the change, which its label tells.
                let time = zone.nearestInstant(local: local)
                if time > end { return ticks }
                if time >= start && time > (ticks.last?.time ?? .min) {
                    let clock = LocalClock(local: zone.local(time))
                    ticks.append(Tick(time: time, label: label(clock), context: context(clock)))
                }
                local = next(local)
            }
        }

        /// The tick at or before a local time.
        private func first(after local: Int64) -> Int64 {
            let clock = LocalClock(local: local)
            switch self {
            case .seconds(let count):
                return floorMultiple(local, count * 1_000_000)
            case .days(let count):
                // Day 4 since the epoch was a Monday, and weeks begin on Monday.
                let monday: Int64 = count % 7 == 0 ? 4 : 0
                return (floorMultiple(clock.days - monday, count) + monday) * 86_400_000_000
            case .months(let count):
                return midnight(clock.date.year, (clock.date.month - 1) / count * count + 1)
            case .years(let count):
                return midnight(floorMultiple(clock.date.year, count), 1)
            }
        }

        private func next(_ local: Int64) -> Int64 {
            let date = LocalClock(local: local).date
            switch self {
            case .seconds(let count): return local + count * 1_000_000
            case .days(let count): return local + count * 86_400_000_000
            case .months(let count):
                let months = date.month - 1 + count
                return midnight(date.year + months / 12, months % 12 + 1)
            case .years(let count): return midnight(date.year + count, 1)
            }
        }

        private func midnight(_ year: Int64, _ month: Int64) -> Int64 {
            CivilDate(year: year, month: month, day: 1).daysSinceEpoch * 86_400_000_000
        }

        private func floorMultiple(_ value: Int64, _ unit: Int64) -> Int64 {
            let rest = value % unit
            return value - (rest < 0 ? rest + unit : rest)
        }

        private func label(_ clock: LocalClock) -> String {
            switch self {
            case .seconds(let count): count < 60 ? clock.timeWithSeconds : clock.time
            case .days: clock.monthAndDay
            case .months: clock.month
            case .years: clock.year
            }
        }

        private func context(_ clock: LocalClock) -> String {
            switch self {
            case .seconds: clock.monthAndDay
            case .days, .months: clock.year
            case .years: ""
            }
        }
    }
}
