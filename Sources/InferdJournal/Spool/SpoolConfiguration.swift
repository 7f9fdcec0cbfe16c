internal import InferdBase

/// How much a spool holds and how it writes.
package struct SpoolConfiguration: Sendable {
    /// What happens when the spool holds as much as it may and more comes.
    package enum Overflow: Sendable {
        /// The oldest segments are deleted, delivered or not, and counted.
        case deletesOldest
        /// Only segments that were drained are deleted; without any, the new is refused.
        case refuses
    }

    /// Bytes of records, uncompressed, after which a block is written.
    package var blockBytes = 64 << 10
    /// How long a record waits at most for others to share its block.
    package var flushMilliseconds: UInt64 = 200
    /// Bytes after which a segment is ended. What is deleted are whole segments.
    package var segmentBytes = 16 << 20
    /// Bytes of all segments together.
    package var maximumBytes = Limits.spoolBytes
    /// Microseconds after which a segment's youngest block is too old to keep it; nil: no age is.
    package var maximumAgeMicroseconds: Int64?
    package var overflow = Overflow.deletesOldest
    /// Each block is on the disk before it counts as written. Without it, a block outlives the process but
    /// not a loss of power.
    package var syncs = false

    package init() {}

    /// Bytes that a segment has at most when another block is added: a quarter of the whole, so that
    /// deleting one leaves most.
    var effectiveSegmentBytes: Int { min(segmentBytes, maximumBytes / 4) }

    /// Bytes of a record with its header, at most: with it alone in a segment the bound is kept.
    package var maximumRecordBytes: Int { min(SpoolFormat.maximumRawBytes, maximumBytes / 4) }

    /// Traps when the numbers contradict each other.
    package func checkRelations() {
        precondition(blockBytes > 0 && segmentBytes > 0)
        precondition(blockBytes <= SpoolFormat.maximumRawBytes)
        // A block that is filled fits the bound beside its headers, with room to spare.
        precondition(blockBytes <= maximumBytes / 4)
        precondition(maximumBytes >= 4 * (SpoolFormat.segmentHeaderBytes + SpoolFormat.blockHeaderBytes))
        precondition((maximumAgeMicroseconds ?? 1) > 0)
    }
}
