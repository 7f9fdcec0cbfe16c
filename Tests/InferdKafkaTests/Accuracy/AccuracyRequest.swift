@testable import InferdKafka

/// A request as the tracker is told of it.
struct AccuracyRequest {
    var series = SeriesName(id: "s", quantity: 0)
    var tolerance: Int64 = 0
    /// Time and value.
    var past: [(time: Int64, value: Double)] = []
    var model = ModelVersion(name: "m", version: 1)
    var windowEnd: Int64 = 0
    /// Of the forecast's points, the first of which is one step ahead.
    var future: [TrackedForecast.Point] = []

    /// A window of points at each whole time, whose values are the times', and a forecast of as many values as are
    /// given from the next time on.
    init(through end: Int64, points: Int64 = 4, forecast: [Double] = [], bounds: Double? = nil) {
        past = (end - points + 1...end).map { ($0, Double($0)) }
        windowEnd = end
        future = forecast.enumerated().map { index, value in
            TrackedForecast.Point(
                timeMicroseconds: end + 1 + Int64(index), value: value, lower: bounds.map { value - $0 } ?? .nan,
                upper: bounds.map { value + $0 } ?? .nan)
        }
    }

    init() {}

    var window: ObservedWindow {
        var window = ObservedWindow(series: series, toleranceMicroseconds: tolerance)
        for point in past { window.add(timeMicroseconds: point.time, value: point.value) }
        return window
    }

    var forecast: TrackedForecast {
        var forecast = TrackedForecast(model: model, windowEndMicroseconds: windowEnd)
        for point in future {
            forecast.add(
                timeMicroseconds: point.timeMicroseconds, value: point.value, lower: point.lower, upper: point.upper)
        }
        return forecast
    }
}

extension AccuracyTracker {
    mutating func take(_ request: AccuracyRequest) -> [AccuracyScore] {
        var window = request.window
        let scores = take(&window, request.forecast)
        checkInvariants()
        return scores
    }
}
