/// What the writer knows of a segment without reading it.
struct SegmentSummary {
    var name: SegmentName
    /// One less than the first block's number: none yet.
    var lastBlock: UInt64
    /// Bytes of the file.
    var bytes: Int
    var records = 0
    /// Records that were delivered, or found damaged when they were to be.
    var settledRecords = 0
    /// Microseconds since 1970-01-01T00:00:00Z of the last block, or of the segment's beginning.
    var youngestMicroseconds: Int64

    /// A block that was found in it.
    mutating func note(_ header: BlockHeader, isDrained: Bool) {
        lastBlock = header.number
        records += Int(header.recordCount)
        if isDrained { settledRecords += Int(header.recordCount) }
        youngestMicroseconds = header.createdMicroseconds
    }

    var pendingRecords: Int { records - settledRecords }
}
