/// What a request has said of a series' past.
package struct ObservedWindow: Sendable {
    package var series: SeriesName
    /// Times of one point may differ by so much.
    package var toleranceMicroseconds: Int64
    package private(set) var observations: [Observation] = []

    package struct Observation: Equatable, Sendable {
        package let timeMicroseconds: Int64
        package let value: Double
    }

    package init(series: SeriesName, toleranceMicroseconds: Int64 = 0) {
        self.series = series
        self.toleranceMicroseconds = toleranceMicroseconds
    }

    /// Adds a point, in any order. One that is not finite says nothing.
    package mutating func add(timeMicroseconds: Int64, value: Double) {
        if value.isFinite { observations.append(Observation(timeMicroseconds: timeMicroseconds, value: value)) }
    }

    /// Forgets all points, and keeps their room.
    package mutating func removeAll() {
        observations.removeAll(keepingCapacity: true)
    }

    /// Brings the points into the order of their times; of one time the first that was added comes first.
    mutating func sort() {
        let isSorted = zip(observations, observations.dropFirst())
            .allSatisfy { $0.timeMicroseconds <= $1.timeMicroseconds }
        // The library's sort is stable.
        if !isSorted { observations.sort { $0.timeMicroseconds < $1.timeMicroseconds } }
    }

    /// What was observed closest to `time` and within the tolerance, the earlier of two; once the points are sorted.
    func value(at time: Int64) -> Double? {
        var low = 0
        var high = observations.count
        let earliest = Self.difference(time, toleranceMicroseconds)
        while low < high {
            let middle = (low + high) / 2
            if observations[middle].timeMicroseconds < earliest { low = middle + 1 } else { high = middle }
        }
        var best: Observation?
        var bestDistance = UInt64.max
        for observation in observations[low...] {
            let distance = Self.distance(observation.timeMicroseconds, time)
            if distance > UInt64(max(0, toleranceMicroseconds)) || distance >= bestDistance { break }
            best = observation
            bestDistance = distance
        }
        return best?.value
    }

    private static func difference(_ time: Int64, _ tolerance: Int64) -> Int64 {
        let (result, overflow) = time.subtractingReportingOverflow(max(0, tolerance))
        return overflow ? .min : result
    }

    private static func distance(_ left: Int64, _ right: Int64) -> UInt64 {
        UInt64(bitPattern: left < right ? right &- left : left &- right)
    }
}
