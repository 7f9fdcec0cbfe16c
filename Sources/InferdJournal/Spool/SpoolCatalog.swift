/// The segments there are, the oldest first, and their sums.
struct SpoolCatalog {
    private(set) var segments: [SegmentSummary] = []
    /// Bytes of all segments.
    private(set) var bytes = 0
    /// Records that were neither delivered nor found damaged.
    private(set) var pendingRecords = 0

    var isEmpty: Bool { segments.isEmpty }

    var oldest: SegmentSummary? { segments.first }

    mutating func append(_ segment: SegmentSummary) {
        precondition(segments.last.map { $0.name.firstBlock <= segment.name.firstBlock } ?? true)
        segments.append(segment)
        bytes += segment.bytes
        pendingRecords += segment.pendingRecords
    }

    /// A block was added to the youngest segment.
    mutating func noteBlock(_ number: UInt64, bytes added: Int, records: Int, createdMicroseconds: Int64) {
        let last = segments.count - 1
        segments[last].lastBlock = number
        segments[last].bytes += added
        segments[last].records += records
        segments[last].youngestMicroseconds = createdMicroseconds
        bytes += added
        pendingRecords += records
    }

    /// Records of a block were delivered or found damaged; how many of them still counted as pending. None do
    /// when their segment is gone.
    mutating func settle(block: UInt64, records: Int) -> Int {
        // Blocks are settled in order: it is among the first.
        for index in segments.indices {
            if segments[index].lastBlock < block { continue }
            guard segments[index].name.firstBlock <= block else { return 0 }
            let settled = min(records, segments[index].pendingRecords)
            segments[index].settledRecords += settled
            pendingRecords -= settled
            return settled
        }
        return 0
    }

    /// Takes out the oldest segment.
    mutating func removeOldest() -> SegmentSummary {
        let segment = segments.removeFirst()
        bytes -= segment.bytes
        pendingRecords -= segment.pendingRecords
        return segment
    }

    /// Takes out the youngest segment, which has no records.
    mutating func removeYoungest() {
        let segment = segments.removeLast()
        precondition(segment.records == 0)
        bytes -= segment.bytes
    }

    /// The youngest segment's file has been cut.
    mutating func cutYoungest(by removed: Int) {
        segments[segments.count - 1].bytes -= removed
        bytes -= removed
    }

    /// How many of the oldest segments are too old at `now`. A segment is at least as old as any younger one:
    /// a clock that was wrong for a while keeps nothing for ever.
    func expiredCount(now: Int64, maximumAge: Int64) -> Int {
        let last = segments.lastIndex { segment in
            let (age, overflow) = now.subtractingReportingOverflow(segment.youngestMicroseconds)
            return overflow ? now > 0 : age > maximumAge
        }
        return last.map { $0 + 1 } ?? 0
    }

    /// Whether a segment lies in the directory of this hour.
    func holds(_ hour: SpoolHour) -> Bool { segments.contains { $0.name.hour == hour } }
}
