/// What one window scores, by model and bucket.
struct ScoreParts {
    struct Part {
        let model: UInt32
        let bucket: Int
        var sums = AccuracySums()
    }

    private let bucketEnds: [Int]
    private(set) var parts: [Part] = []

    init(bucketEnds: [Int]) {
        self.bucketEnds = bucketEnds
    }

    mutating func add(_ point: FollowedSeries.PendingPoint, actual: Double) {
        guard let bucket = bucketEnds.firstIndex(where: { $0 >= Int(point.step) }) else { return }
        let place = parts.firstIndex { $0.model == point.model && $0.bucket == bucket }
        if place == nil { parts.append(Part(model: point.model, bucket: bucket)) }
        let hasBounds = !point.lower.isNaN && !point.upper.isNaN
        parts[place ?? parts.count - 1].sums.add(
            forecast: point.value, actual: actual, bounds: hasBounds ? (point.lower, point.upper) : nil)
    }
}
