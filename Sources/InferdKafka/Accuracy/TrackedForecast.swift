/// A forecast that is remembered until what it forecast has come.
package struct TrackedForecast: Sendable {
    package var model: ModelVersion
    /// Time of the last point that it was made from.
    package var windowEndMicroseconds: Int64
    /// By step ahead, from the first on.
    package private(set) var points: [Point] = []

    package struct Point: Equatable, Sendable {
        package let timeMicroseconds: Int64
        package let value: Double
        /// Of the outermost pair of quantiles; NaN: there is none.
        package let lower: Double
        package let upper: Double
    }

    package init(model: ModelVersion, windowEndMicroseconds: Int64) {
        self.model = model
        self.windowEndMicroseconds = windowEndMicroseconds
    }

    /// Adds the next step.
    package mutating func add(
        timeMicroseconds: Int64, value: Double, lower: Double = .nan, upper: Double = .nan
    ) {
        points.append(Point(timeMicroseconds: timeMicroseconds, value: value, lower: lower, upper: upper))
    }

    /// Forgets all points, and keeps their room.
    package mutating func removeAll() {
        points.removeAll(keepingCapacity: true)
    }
}
