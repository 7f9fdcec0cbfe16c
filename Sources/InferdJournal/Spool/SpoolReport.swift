/// What a reader has met in a spool.
package struct SpoolReport: Equatable, Sendable {
    /// Segments begun.
    package var segments = 0
    /// Blocks whose records were given out.
    package var blocks = 0
    package var records = 0
    /// Places where blocks were that cannot be read: each one block, unless several in a row are damaged.
    package var damagedBlocks = 0
    /// Records of the damaged blocks whose headers could be read.
    package var damagedRecords = 0
    /// Segments whose own header is damaged. Nothing of their blocks is lost by it.
    package var damagedHeaders = 0
    /// Numbers between the first block and the last that neither a block nor damage accounts for.
    package var missingBlocks: UInt64 = 0
    /// Blocks that came a second time, because writing them had failed in part. Their records were given
    /// out once.
    package var repeatedBlocks = 0
    /// Bytes after the last block of segments. While a daemon writes, those of the last segment may be a
    /// block in the making.
    package var tornBytes = 0
    /// Segments of versions that this program does not know, passed over.
    package var unknownSegments = 0

    package init() {}

    /// Nothing that was written is lost or in doubt.
    package var isIntact: Bool {
        damagedBlocks == 0 && damagedHeaders == 0 && missingBlocks == 0 && tornBytes == 0 && unknownSegments == 0
    }
}
