/// What a spool's writer has counted since it was opened.
package struct SpoolCounters: Equatable, Sendable {
    /// Records found when the spool was opened that were not drained yet.
    package var recoveredRecords = 0
    /// Records taken in.
    package var appendedRecords = 0
    /// Records in blocks that were written as a whole, and the bytes of these blocks and of segments' headers.
    package var writtenRecords = 0
    package var writtenBlocks = 0
    package var writtenBytes = 0
    /// Records whose delivery was confirmed.
    package var drainedRecords = 0
    /// Records that were found damaged when they were to be delivered.
    package var damagedRecords = 0
    /// Segments deleted because the spool was full or they were too old; their records that were not drained.
    package var deletedSegments = 0
    package var deletedRecords = 0
    package var deletedBytes = 0
    /// Segments deleted because all of them was drained.
    package var drainedSegments = 0
    /// Attempts to write that failed; what was to be written stays.
    package var failedWrites = 0
    /// Segments or cursors that could not be deleted or written, and will be tried again.
    package var failedUpkeep = 0
    /// Bytes cut from the last segment when the spool was opened, because no whole block was in them.
    package var cutBytes = 0

    package init() {}
}
