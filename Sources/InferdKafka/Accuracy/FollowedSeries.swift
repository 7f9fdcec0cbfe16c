internal import InferdBase

/// The forecasts of one series that wait for what comes. Its memory is bounded, whatever is made of it.
struct FollowedSeries {
    /// A point of a forecast.
    struct PendingPoint {
        let time: Int64
        let value: Double
        let lower: Double
        let upper: Double
        /// Number of the model in `ScoredModels`.
        let model: UInt32
        /// Steps ahead, from 1.
        let step: UInt32
    }

    /// A forecast that was remembered.
    private struct Known {
        let model: UInt32
        /// How many steps of it.
        var steps: UInt32
        let windowEnd: Int64
    }

    /// When so many forecasts in a row found no room and nothing was scored meanwhile, what takes the room is given
    /// up: nothing seems to come for it.
    static let patience = 64

    let name: SeriesName
    private(set) var points: [PendingPoint] = []
    private var known: [Known] = []
    /// The place in `known` to be written next, once it is full.
    private var nextKnown = 0
    private(set) var refusals = 0

    init(name: SeriesName) {
        self.name = name
    }

    /// Takes out the points for which something was observed, and shows each with it.
    mutating func settle(_ window: ObservedWindow, _ body: (PendingPoint, Double) -> Void) {
        let before = points.count
        points.removeAll { point in
            guard let actual = window.value(at: point.time) else { return false }
            body(point, actual)
            return true
        }
        if points.count < before { refusals = 0 }
    }

    /// Remembers the points of a forecast, up to `steps`, that no forecast of the same model from the same window has
    /// had before.
    /// - Parameters:
    ///   - limit: of points, at least `steps`.
    ///   - newest: time of the last point observed.
    mutating func remember(
        _ forecast: TrackedForecast, model: UInt32, steps: Int, limit: Int, newest: Int64
    ) {
        let place = known.firstIndex { $0.model == model && $0.windowEnd == forecast.windowEndMicroseconds }
        let first = place.map { Int(known[$0].steps) } ?? 0
        let end = min(steps, forecast.points.count)
        guard first < end, makeRoom(for: end - first, limit: limit, newest: newest) else { return }
        for index in first..<end {
            let point = forecast.points[index]
            guard point.value.isFinite else { continue }
            points.append(
                PendingPoint(
                    time: point.timeMicroseconds, value: point.value, lower: point.lower, upper: point.upper,
                    model: model, step: UInt32(index + 1)))
        }
        note(Known(model: model, steps: UInt32(end), windowEnd: forecast.windowEndMicroseconds), at: place)
    }

    private mutating func note(_ forecast: Known, at place: Int?) {
        if let place {
            known[place] = forecast
        } else if known.count < Limits.scoredForecastsPerSeries {
            known.append(forecast)
        } else {
            known[nextKnown] = forecast
            nextKnown = (nextKnown + 1) % known.count
        }
    }

    /// Whether so many points may be added. Those that wait are not given up for new ones, or steps far ahead would
    /// never be scored; only what was due and has not come is.
    private mutating func makeRoom(for count: Int, limit: Int, newest: Int64) -> Bool {
        if points.count + count > limit { points.removeAll { $0.time <= newest } }
        if points.count + count > limit {
            refusals += 1
            if refusals < Self.patience { return false }
            points.removeAll(keepingCapacity: true)
        }
        refusals = 0
        if points.capacity < points.count + count {
            // Doubling would take more than the bound.
            points.reserveCapacity(min(limit, max(points.count + count, points.count * 2)))
        }
        return true
    }

    /// Bytes that the lists take.
    var listBytes: Int {
        points.capacity * MemoryLayout<PendingPoint>.stride + known.capacity * MemoryLayout<Known>.stride
    }
}
