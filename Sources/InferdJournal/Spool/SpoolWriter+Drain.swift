internal import InferdBase

extension SpoolWriter {
    /// Number of the last block that was drained, as were all before it; 0: none.
    package var drainedThrough: UInt64 { cursor.drainedThrough }

    /// Notes that a block's records were delivered, or were found damaged. `saveCursor` makes it last.
    mutating func settle(_ block: DrainedBlock) {
        let settled = catalog.settle(block: block.number, records: block.records)
        if block.isDamaged {
            counters.damagedRecords += settled
        } else {
            counters.drainedRecords += settled
        }
        cursor.drainedThrough = max(cursor.drainedThrough, block.number)
    }

    /// Writes the cursor in one step: after a crash it is the one before or this.
    mutating func saveCursor() throws(SpoolError) {
        cursor.nextBlock = nextBlock
        var bytes = OwnedBytes()
        cursor.encode(into: &bytes)
        try files.replace(SpoolCursor.fileName, with: bytes.span, syncs: configuration.syncs)
    }
}
