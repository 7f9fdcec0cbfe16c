import InferdBase
import Testing

@testable import InferdKafka

struct AccuracyTrackerTests {
    private func tracker(
        series: Int = 10, points: Int = 512, buckets: [Int] = [1, 6, 24, 168]
    ) -> AccuracyTracker {
        var configuration = AccuracyConfiguration()
        configuration.maximumSeries = series
        configuration.maximumPointsPerSeries = points
        configuration.bucketEnds = buckets
        return AccuracyTracker(configuration)
    }

    @Test("A later window scores what was forecast for its times, by bucket")
    func laterWindowScores() throws {
        var tracker = tracker(buckets: [1, 3])
        // For the times 5, 6, 7 and 8, the last of which is beyond the buckets.
        #expect(tracker.take(AccuracyRequest(through: 4, forecast: [6, 6, 10, 99], bounds: 1)).isEmpty)
        #expect(tracker.pointCount == 3)
        let scores = tracker.take(AccuracyRequest(through: 8))
        #expect(scores.map(\.horizon) == [1...1, 2...3])
        let near = try #require(scores.first?.sums)
        #expect(near.points == 1 && near.mae == 1 && near.smape == 2.0 / 11 && near.coverage == 1)
        let far = try #require(scores.last?.sums)
        #expect(far.points == 2 && far.mae == 1.5 && far.smape == (0 + 6.0 / 17) / 2)
        #expect(far.coverage == 0.5 && far.boundedPoints == 2)
        #expect(tracker.scores == scores)
        #expect(tracker.pointCount == 0)
    }

    @Test("Each point is scored once, however often its time comes by")
    func pointsAreScoredOnce() {
        var tracker = tracker()
        _ = tracker.take(AccuracyRequest(through: 4, forecast: [0, 0]))
        #expect(tracker.take(AccuracyRequest(through: 5)).map(\.sums.points) == [1])
        #expect(tracker.take(AccuracyRequest(through: 5)).isEmpty)
        #expect(tracker.take(AccuracyRequest(through: 4)).isEmpty)
        #expect(tracker.take(AccuracyRequest(through: 6)).map(\.sums.points) == [1])
        #expect(tracker.take(AccuracyRequest(through: 7)).isEmpty)
    }

    @Test("A forecast made again from the same window counts once, whether it was scored meanwhile or not")
    func repeatedForecastsCountOnce() {
        var tracker = tracker()
        let first = AccuracyRequest(through: 4, forecast: [0])
        _ = tracker.take(first)
        _ = tracker.take(first)
        #expect(tracker.take(AccuracyRequest(through: 5)).map(\.sums.points) == [1])
        // Late: its future has been seen.
        _ = tracker.take(first)
        #expect(tracker.take(AccuracyRequest(through: 5)).isEmpty)
        // Farther ahead than before: only the steps that are new.
        _ = tracker.take(AccuracyRequest(through: 4, forecast: [0, 0]))
        #expect(tracker.take(AccuracyRequest(through: 6)).map(\.horizon) == [2...6])
        // Another version is another forecast.
        var other = first
        other.model = ModelVersion(name: "m", version: 2)
        _ = tracker.take(other)
        #expect(tracker.take(AccuracyRequest(through: 5)).map(\.model) == [other.model])
    }

    @Test("Models that share a series are scored side by side, whichever was asked")
    func modelsShareWindows() {
        var tracker = tracker()
        var request = AccuracyRequest(through: 4, forecast: [7])
        _ = tracker.take(request)
        request.model = ModelVersion(name: "a", version: 9)
        request.future = AccuracyRequest(through: 4, forecast: [5]).future
        _ = tracker.take(request)
        let scores = tracker.take(AccuracyRequest(through: 5))
        #expect(scores.map(\.model) == [ModelVersion(name: "a", version: 9), ModelVersion(name: "m", version: 1)])
        #expect(scores.map(\.sums.mae) == [0, 2])
    }

    @Test("Other series, and other quantities of the same, are left alone")
    func seriesAreKeptApart() {
        var tracker = tracker()
        _ = tracker.take(AccuracyRequest(through: 4, forecast: [7]))
        var other = AccuracyRequest(through: 5)
        other.series = SeriesName(id: "s", quantity: 1)
        #expect(tracker.take(other).isEmpty)
        other.series = SeriesName(id: "t", quantity: 0)
        #expect(tracker.take(other).isEmpty)
        #expect(tracker.take(AccuracyRequest(through: 5)).count == 1)
    }

    @Test("What is not finite is neither an observation nor a forecast, and bounds that are not are none")
    func onlyFiniteNumbersCount() {
        var tracker = tracker()
        var request = AccuracyRequest(through: 4, forecast: [.nan, 1, .infinity])
        _ = tracker.take(request)
        #expect(tracker.pointCount == 1)
        request = AccuracyRequest()
        request.past = [(5, 1), (6, .nan), (7, 1)]
        #expect(tracker.take(request).isEmpty)
        request.past = [(6, -.infinity)]
        #expect(tracker.take(request).isEmpty)
        request.past = [(6, 2)]
        #expect(tracker.take(request).map(\.sums.mae) == [1])
        #expect(tracker.scores.map(\.sums.coverage) == [nil])
    }

    @Test("Errors too large to be summed up are left out and spoil nothing")
    func sumsStayFinite() throws {
        var sums = AccuracySums()
        sums.add(forecast: .greatestFiniteMagnitude, actual: -.greatestFiniteMagnitude, bounds: nil)
        #expect(sums.points == 0)
        sums.add(forecast: .greatestFiniteMagnitude, actual: 0, bounds: nil)
        sums.add(forecast: .greatestFiniteMagnitude, actual: 0, bounds: nil)
        sums.add(forecast: 0, actual: 0, bounds: nil)
        #expect(sums.points == 2)
        #expect(sums.mae == .greatestFiniteMagnitude / 2)
        #expect(sums.smape == 1)
        var total = sums
        total.add(sums)
        #expect(total == sums)
    }

    @Test("Times of one point may differ by the tolerance; the closest counts, of one time the first")
    func timesAreCloseEnough() {
        var tracker = tracker()
        var request = AccuracyRequest(through: 4, forecast: [0])
        request.future[0] = .init(timeMicroseconds: 100, value: 0, lower: .nan, upper: .nan)
        _ = tracker.take(request)
        request = AccuracyRequest()
        request.tolerance = 3
        request.past = [(104, 1), (96, 2)]
        #expect(tracker.take(request).isEmpty)
        request.past = [(103, 1), (102, 3), (102, 9), (98, 4), (97, 5)]
        #expect(tracker.take(request).map(\.sums.mae) == [4])
        // Times at the ends of what there is do no harm.
        request.future = [.init(timeMicroseconds: .min, value: 1, lower: .nan, upper: .nan)]
        request.windowEnd = .max
        request.tolerance = .max
        request.past = [(.max, 2)]
        _ = tracker.take(request)
        #expect(tracker.take(request).isEmpty)
    }

    @Test("Of more series than there is room for, the one asked for least recently is forgotten")
    func seriesAreBounded() {
        var tracker = tracker(series: 2)
        func request(_ id: String, through end: Int64, forecast: [Double] = []) -> AccuracyRequest {
            var request = AccuracyRequest(through: end, forecast: forecast)
            request.series.id = id
            return request
        }
        _ = tracker.take(request("a", through: 4, forecast: [0]))
        _ = tracker.take(request("b", through: 4, forecast: [0]))
        _ = tracker.take(request("a", through: 4))
        _ = tracker.take(request("c", through: 4, forecast: [0]))
        #expect(tracker.seriesCount == 2)
        #expect(tracker.take(request("a", through: 5)).count == 1)
        #expect(tracker.take(request("c", through: 5)).count == 1)
        #expect(tracker.take(request("b", through: 5)).isEmpty)
    }

    @Test("Where there is no room the forecasts that wait stay, so that far steps are reached")
    func farStepsAreReached() throws {
        // A forecast of 8 steps at each time needs room for 8 + 7 + ... points; there is room for two forecasts.
        var tracker = tracker(points: 16, buckets: [1, 8])
        for end in 0..<100 as Range<Int64> {
            _ = tracker.take(AccuracyRequest(through: end, forecast: Array(repeating: Double(end), count: 8)))
        }
        let far = try #require(tracker.scores.last)
        #expect(far.horizon == 2...8)
        // Two forecasts in eight steps of time, seven points of each in the second bucket.
        #expect(far.sums.points >= 100 / 8 * 7)
        // Steps 2 to 8 are off by as much, but for forecasts that were not finished.
        #expect(far.sums.mae > 4.5 && far.sums.mae <= 5)
    }

    @Test("What was due and did not come makes way for what may")
    func missedPointsMakeWay() {
        var tracker = tracker(points: 4, buckets: [4])
        _ = tracker.take(AccuracyRequest(through: 4, forecast: [0, 0, 0, 0]))
        var late = AccuracyRequest(through: 20, points: 2, forecast: [1, 1, 1, 1])
        #expect(tracker.take(late).isEmpty)
        late = AccuracyRequest(through: 24)
        #expect(tracker.take(late).map(\.sums.points) == [4])
    }

    @Test("Points that nothing ever comes for do not keep a series from being scored for ever")
    func hopelessPointsAreGivenUp() {
        var tracker = tracker(points: 4, buckets: [4])
        // A client's clock was wrong once.
        _ = tracker.take(AccuracyRequest(through: 1_000_000, forecast: [0, 0, 0, 0]))
        var scored: UInt64 = 0
        for end in 0..<100 as Range<Int64> {
            let scores = tracker.take(AccuracyRequest(through: end, forecast: [0, 0, 0, 0]))
            scored += scores.reduce(0) { $0 + $1.sums.points }
        }
        #expect(scored > UInt64(100 - FollowedSeries.patience - 8))
    }

    @Test("Versions of models are bounded, and a forgotten one's forecasts are not taken for another's")
    func modelsAreBounded() {
        var tracker = tracker(points: 4096, buckets: [1])
        for version in 1...UInt64(Limits.scoredModels) + 1 {
            var request = AccuracyRequest(through: 4, forecast: [0])
            request.model = ModelVersion(name: "m", version: version)
            _ = tracker.take(request)
        }
        var request = AccuracyRequest(through: 5)
        request.model = ModelVersion(name: "m", version: 2)
        let scores = tracker.take(request)
        // All but the first, which had to make way for the last.
        #expect(scores.map(\.model.version) == Array(2...UInt64(Limits.scoredModels) + 1))
        #expect(scores.allSatisfy { $0.sums.points == 1 })
    }

    @Test("Settings that contradict each other are told")
    func contradictionsAreTold() {
        var configuration = AccuracyConfiguration()
        #expect(configuration.contradiction == nil)
        for (buckets, text) in [
            ([], "at least one"), ([0, 1], "from 1 on"), ([2, 2], "rise"), (Array(1...17), "more than 16"),
            ([513], "at least the last bucket's 513"),
        ] {
            configuration.bucketEnds = buckets
            #expect(configuration.contradiction?.contains(text) == true, "\(buckets)")
        }
    }
}
