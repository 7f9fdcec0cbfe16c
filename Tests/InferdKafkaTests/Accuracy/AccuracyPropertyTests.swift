import InferdBase
import InferdTestSupport
import Testing

@testable import InferdKafka

/// The tracker under requests in any order, against a model that does the same without a thought to cost.
struct AccuracyPropertyTests {
    private static let step: Int64 = 10

    /// Requests for a few series along a few lines of time, with everything that clients may do to them.
    private struct Clients {
        let tolerance: Int64
        let steps: Int
        private var ends: [Int64] = Array(repeating: 10, count: 4)

        init(using generator: inout SeededGenerator) {
            tolerance = .random(in: 0...4, using: &generator)
            steps = .random(in: 1...8, using: &generator)
        }

        mutating func next(using generator: inout SeededGenerator) -> AccuracyRequest {
            func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
            func jitter() -> Int64 { .random(in: -tolerance...tolerance, using: &generator) / 2 }
            func value() -> Double { chance(3) ? .nan : Double(Int.random(in: -4...4, using: &generator)) }
            let place = Int.random(in: 0..<ends.count, using: &generator)
            if chance(70) { ends[place] += 1 }
            if chance(3) { ends[place] += .random(in: -30...30, using: &generator) }
            let end = ends[place] - (chance(15) ? .random(in: 0...5, using: &generator) : 0)
            var request = AccuracyRequest()
            request.series = SeriesName(id: "series \(place / 2)", quantity: UInt64(place % 2))
            request.tolerance = tolerance
            request.model = ModelVersion(
                name: chance(50) ? "a" : "b", version: .random(in: 1...2, using: &generator))
            let shift = jitter()
            for time in end - .random(in: 0...8, using: &generator)...end where !chance(10) {
                request.past.append((time * AccuracyPropertyTests.step + shift, value()))
                if chance(5) { request.past.append((time * AccuracyPropertyTests.step + shift, value())) }
            }
            if chance(20) { request.past.shuffle(using: &generator) }
            request.windowEnd = end * AccuracyPropertyTests.step + (chance(10) ? shift : 0)
            let hasBounds = chance(50)
            for ahead in 0..<Int64(Int.random(in: 0...steps, using: &generator)) {
                let value = value()
                let spread = Double(Int.random(in: -1...3, using: &generator))
                request.future.append(
                    .init(
                        timeMicroseconds: (end + 1 + ahead) * AccuracyPropertyTests.step + shift, value: value,
                        lower: hasBounds ? value - spread : .nan, upper: hasBounds ? value + spread : .nan))
            }
            return request
        }
    }

    private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-9 }

    private func compare(
        _ scores: [AccuracyScore], _ wanted: [NaiveAccuracy.Bucket: NaiveAccuracy.Sums]
    ) throws(PropertyFailure) {
        try require(scores.count == wanted.count, "\(scores) instead of \(wanted)")
        for score in scores {
            guard let sums = wanted[.init(model: score.model, horizon: score.horizon)] else {
                throw PropertyFailure("\(score) was not wanted")
            }
            let points = Double(sums.points)
            try require(score.sums.points == UInt64(sums.points), "\(score) instead of \(sums)")
            try require(score.sums.mae == sums.absolute / points, "\(score) instead of \(sums)")
            try require(isClose(score.sums.smape, sums.symmetric / points), "\(score) instead of \(sums)")
            try require(score.sums.boundedPoints == UInt64(sums.bounded), "\(score) instead of \(sums)")
            try require(
                score.sums.coverage == (sums.bounded == 0 ? nil : Double(sums.covered) / Double(sums.bounded)),
                "\(score) instead of \(sums)")
        }
        let order = scores.map { ($0.model, $0.horizon.lowerBound) }
        try require(zip(order, order.dropFirst()).allSatisfy { $0 < $1 }, "\(scores) are not in order")
    }

    @Test("Scores and memory are those of a model without cleverness, at any bounds")
    func isAsTheNaiveModel() throws {
        try SeedSweep.run("isAsTheNaiveModel", seeds: 300) { generator in
            var clients = Clients(using: &generator)
            var configuration = AccuracyConfiguration()
            configuration.bucketEnds = Bool.random(using: &generator) ? [1, 3, 6] : [2]
            configuration.maximumSeries = .random(in: 1...5, using: &generator)
            configuration.maximumPointsPerSeries = .random(in: configuration.lastStep...60, using: &generator)
            var tracker = AccuracyTracker(configuration)
            var naive = NaiveAccuracy(configuration)
            for _ in 0..<Int.random(in: 1...400, using: &generator) {
                let request = clients.next(using: &generator)
                try compare(tracker.take(request), naive.take(request))
                try require(tracker.pointCount == naive.pointCount, "\(tracker.pointCount) points wait")
                try require(tracker.seriesCount == naive.seriesCount, "\(tracker.seriesCount) series")
            }
            try compare(tracker.scores, naive.totals)
        }
    }

    @Test("Memory stays within the bound, whatever comes")
    func memoryIsBounded() throws {
        var generator = SeededGenerator(for: "memoryIsBounded")
        var configuration = AccuracyConfiguration()
        configuration.maximumSeries = 10
        configuration.maximumPointsPerSeries = 1100
        configuration.bucketEnds = [40]
        var tracker = AccuracyTracker(configuration)
        // The lists, and what the allocator rounds up.
        let bound =
            configuration.maximumSeries
            * (1100 * MemoryLayout<FollowedSeries.PendingPoint>.stride + Limits.scoredForecastsPerSeries * 16 * 2 + 4096)
        var greatest = 0
        for turn in 0..<4_000 as Range<Int64> {
            // What it forecasts never comes.
            var request = AccuracyRequest(through: turn)
            request.future =
                AccuracyRequest(
                    through: 1_000_000, forecast: Array(repeating: 1, count: .random(in: 0...60, using: &generator))
                ).future
            // One more than there is room for now and then.
            let draw = Int.random(in: 0..<1_000, using: &generator)
            request.series.id = draw == 0 ? "guest" : "\(draw % 10)"
            request.model = ModelVersion(name: "m", version: UInt64(turn))
            _ = tracker.take(request)
            greatest = max(greatest, tracker.listBytes)
        }
        #expect(tracker.seriesCount == 10)
        #expect(greatest <= bound)
        // The bound says something.
        #expect(greatest > bound * 3 / 4, "\(greatest) of \(bound)")
    }
}
