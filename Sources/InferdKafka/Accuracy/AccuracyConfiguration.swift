internal import InferdBase

/// How forecasts are scored, and how much memory that may take.
package struct AccuracyConfiguration: Equatable, Sendable {
    /// Series that are followed; of more, those that were asked for last.
    package var maximumSeries = Limits.scoredSeries
    /// Forecast points of one series that wait for what comes; of more, those that came first.
    package var maximumPointsPerSeries = Limits.scoredPointsPerSeries
    /// Steps ahead are counted together up to each of these, which rise; those beyond the last are not scored.
    package var bucketEnds = [1, 6, 24, 168]

    package init() {}

    /// What does not fit together; nil: nothing.
    package var contradiction: String? {
        guard let last = bucketEnds.last, let first = bucketEnds.first, first >= 1 else {
            return "'buckets' needs at least one number, from 1 on"
        }
        if bucketEnds.count > Limits.scoredBuckets { return "'buckets' has more than \(Limits.scoredBuckets) numbers" }
        if zip(bucketEnds, bucketEnds.dropFirst()).contains(where: { $0 >= $1 }) { return "'buckets' must rise" }
        if last > maximumPointsPerSeries {
            return "'max_points_per_series' must be at least the last bucket's \(last), so that a forecast finds room"
        }
        return nil
    }

    /// Steps beyond it are not remembered.
    var lastStep: Int { bucketEnds.last ?? 0 }

    /// The steps ahead that a bucket counts; the first step of a forecast is 1.
    func horizon(ofBucket bucket: Int) -> ClosedRange<UInt32> {
        let first = bucket == 0 ? 1 : bucketEnds[bucket - 1] + 1
        return UInt32(first)...UInt32(bucketEnds[bucket])
    }
}
