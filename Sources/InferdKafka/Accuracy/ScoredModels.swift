/// The versions of models whose forecasts are scored, and what they have scored. Of more than it has room for, those
/// that forecast last.
struct ScoredModels {
    private struct Entry {
        let model: ModelVersion
        /// By bucket.
        var sums: [AccuracySums]
        var usedAt: UInt64
    }

    private let capacity: Int
    private let bucketCount: Int
    private var numbers: [ModelVersion: UInt32] = [:]
    private var entries: [UInt32: Entry] = [:]
    private var nextNumber: UInt32 = 0
    private var clock: UInt64 = 0

    init(capacity: Int, bucketCount: Int) {
        self.capacity = capacity
        self.bucketCount = bucketCount
    }

    /// A number that stands for the version: given anew when it was forgotten meanwhile.
    mutating func number(of model: ModelVersion) -> UInt32 {
        clock += 1
        if let number = numbers[model] {
            entries[number]?.usedAt = clock
            return number
        }
        if entries.count == capacity, let oldest = entries.min(by: { $0.value.usedAt < $1.value.usedAt }) {
            numbers[oldest.value.model] = nil
            entries[oldest.key] = nil
        }
        // Numbers come round after more loads of models than a daemon lives to see.
        while entries[nextNumber] != nil { nextNumber &+= 1 }
        let number = nextNumber
        nextNumber &+= 1
        numbers[model] = number
        entries[number] = Entry(
            model: model, sums: Array(repeating: AccuracySums(), count: bucketCount), usedAt: clock)
        return number
    }

    /// nil: it was forgotten.
    func model(of number: UInt32) -> ModelVersion? { entries[number]?.model }

    mutating func add(_ sums: AccuracySums, to number: UInt32, bucket: Int) {
        entries[number]?.sums[bucket].add(sums)
    }

    /// By model and bucket, in order, where there is something.
    func scores(_ configuration: AccuracyConfiguration) -> [AccuracyScore] {
        entries.values.sorted { $0.model < $1.model }.flatMap { entry in
            entry.sums.indices.compactMap { bucket in
                entry.sums[bucket].points == 0
                    ? nil
                    : AccuracyScore(
                        model: entry.model, horizon: configuration.horizon(ofBucket: bucket),
                        sums: entry.sums[bucket])
            }
        }
    }

    func checkInvariants() {
        precondition(entries.count == numbers.count && entries.count <= capacity)
        for (model, number) in numbers { precondition(entries[number]?.model == model) }
    }
}
