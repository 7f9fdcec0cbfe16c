import InferdBase

@testable import InferdKafka

/// What the tracker is to do, written down without a thought to cost: everything ever taken is kept and looked
/// through from the beginning.
struct NaiveAccuracy {
    private struct Point {
        let time: Int64
        let value: Double
        let lower: Double
        let upper: Double
        let model: ModelVersion
        let step: Int
    }

    private struct Series {
        let name: SeriesName
        var points: [Point] = []
        var known: [(model: ModelVersion, windowEnd: Int64, steps: Int)] = []
        var refusals = 0
    }

    struct Bucket: Hashable {
        let model: ModelVersion
        let horizon: ClosedRange<UInt32>
    }

    struct Sums {
        var points = 0
        var absolute = 0.0
        var symmetric = 0.0
        var bounded = 0
        var covered = 0
    }

    let configuration: AccuracyConfiguration
    /// The one used last stands last.
    private var series: [Series] = []
    private(set) var totals: [Bucket: Sums] = [:]

    init(_ configuration: AccuracyConfiguration) {
        self.configuration = configuration
    }

    var pointCount: Int { series.reduce(0) { $0 + $1.points.count } }
    var seriesCount: Int { series.count }

    mutating func take(_ request: AccuracyRequest) -> [Bucket: Sums] {
        var own = Series(name: request.series)
        if let place = series.firstIndex(where: { $0.name == request.series }) { own = series.remove(at: place) }
        if series.count == configuration.maximumSeries { series.removeFirst() }
        var scored: [Bucket: Sums] = [:]
        var rest: [Point] = []
        for point in own.points {
            if let actual = actual(request, point.time) {
                add(point, actual, to: &scored)
                add(point, actual, to: &totals)
                own.refusals = 0
            } else {
                rest.append(point)
            }
        }
        own.points = rest
        remember(request, &own)
        series.append(own)
        return scored
    }

    private func actual(_ request: AccuracyRequest, _ time: Int64) -> Double? {
        let near = request.past.filter { $0.value.isFinite && abs($0.time - time) <= request.tolerance }
        guard let distance = near.map({ abs($0.time - time) }).min() else { return nil }
        let closest = near.filter { abs($0.time - time) == distance }
        let earliest = closest.map(\.time).min()
        return closest.first { $0.time == earliest }?.value
    }

    private func add(_ point: Point, _ actual: Double, to sums: inout [Bucket: Sums]) {
        var first = 1
        for end in configuration.bucketEnds {
            if (first...end).contains(point.step) {
                let bucket = Bucket(model: point.model, horizon: UInt32(first)...UInt32(end))
                let error = abs(point.value - actual)
                sums[bucket, default: Sums()].points += 1
                sums[bucket, default: Sums()].absolute += error
                sums[bucket, default: Sums()].symmetric +=
                    error == 0 ? 0 : 2 * error / (abs(point.value) + abs(actual))
                if !point.lower.isNaN {
                    sums[bucket, default: Sums()].bounded += 1
                    sums[bucket, default: Sums()].covered += actual >= point.lower && actual <= point.upper ? 1 : 0
                }
            }
            first = end + 1
        }
    }

    private func remember(_ request: AccuracyRequest, _ own: inout Series) {
        let last = configuration.bucketEnds.max() ?? 0
        let steps = min(last, request.future.count)
        let place = own.known.firstIndex { $0.model == request.model && $0.windowEnd == request.windowEnd }
        let before = place.map { own.known[$0].steps } ?? 0
        if before >= steps { return }
        let limit = configuration.maximumPointsPerSeries
        let newest = request.past.filter { $0.value.isFinite }.map(\.time).max() ?? .min
        if own.points.count + steps - before > limit { own.points.removeAll { $0.time <= newest } }
        if own.points.count + steps - before > limit {
            own.refusals += 1
            if own.refusals < FollowedSeries.patience { return }
            own.points = []
        }
        own.refusals = 0
        for step in before + 1...steps where request.future[step - 1].value.isFinite {
            let point = request.future[step - 1]
            own.points.append(
                Point(
                    time: point.timeMicroseconds, value: point.value, lower: point.lower, upper: point.upper,
                    model: request.model, step: step))
        }
        if let place {
            own.known[place].steps = steps
        } else {
            own.known.append((request.model, request.windowEnd, steps))
            if own.known.count > Limits.scoredForecastsPerSeries { own.known.removeFirst() }
        }
    }
}
