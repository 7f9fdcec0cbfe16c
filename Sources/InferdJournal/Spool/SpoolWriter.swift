package import InferdBase

/// Writes records into blocks, and blocks into segments, and keeps the whole within its bounds.
///
/// One thread owns it, which says when it is. A record that `append` took waits in memory, in a bounded
/// buffer, until its block is written: by an `append` that finds the block full, by `flush`, or by
/// `flushIfDue`. Whoever must not lose it keeps it until `nextBlock` is greater than the number that
/// `append` gave. When a write fails, the segment is cut back to its last whole block or left behind, the
/// error is thrown, and what was to be written stays in the buffer for the next attempt.
///
/// The cost of a record does not depend on how many were written before it.
package struct SpoolWriter<Files: SpoolFiles>: ~Copyable {
    package let configuration: SpoolConfiguration
    /// Number of the block that is filled: those before it are written, this and those after it are not.
    package internal(set) var nextBlock: UInt64
    package internal(set) var counters = SpoolCounters()

    let files: Files
    let bootID: BootID
    var catalog: SpoolCatalog
    var cursor: SpoolCursor
    var segment: OpenSegment?
    /// A segment without blocks that is in the way of one of the same name.
    var leftover: SegmentName?
    /// The block that is filled may lie in a segment that was left behind: it must stay as it is, because a
    /// reader that finds its number twice takes the first.
    var isBlockSealed = false
    private let recoveredBytes: Int
    private var builder: BlockBuilder
    /// Of the first record that waits.
    private var bufferedSince: MonotonicTime?
    private var encoded = OwnedBytes()

    /// Opens the spool that lies in `directory`, which `files` writes to and nobody else.
    ///
    /// What a crash left of a block at the end of the last segment is cut off. Throws `unknownVersion` when
    /// a segment is of another version, and then changes nothing.
    package init(
        files: Files, directory: SpoolDirectory, configuration: SpoolConfiguration, bootID: BootID
    ) throws(SpoolError) {
        configuration.checkRelations()
        let recovered = try SpoolRecovery.recover(files: files, directory: directory)
        self.configuration = configuration
        self.files = files
        self.bootID = bootID
        catalog = recovered.catalog
        cursor = recovered.cursor
        nextBlock = recovered.nextBlock
        recoveredBytes = catalog.bytes
        counters.recoveredRecords = catalog.pendingRecords
        counters.cutBytes = recovered.cutBytes
        builder = BlockBuilder(usualBytes: configuration.blockBytes)
    }

    deinit {
        if let segment { files.close(segment.file) }
    }

    /// Records that wait in memory.
    package var bufferedRecords: Int { builder.recordCount }

    /// Records that are written and neither delivered nor found damaged.
    package var pendingRecords: Int { catalog.pendingRecords }

    /// Bytes of all segments.
    package var bytes: Int { catalog.bytes }

    /// Number of segments.
    package var segmentCount: Int { catalog.segments.count }

    /// When `flushIfDue` will have something to write; nil while nothing waits.
    package var flushDue: MonotonicTime? {
        bufferedSince?.advanced(byMilliseconds: configuration.flushMilliseconds)
    }

    /// Takes in a record and says in which block it will be. Throws when the block before it is full and
    /// cannot be written; then this record was not taken.
    ///
    /// - Parameters:
    ///   - kind: what the payload is, as the ring's records say it.
    ///   - reason: why it became a dead letter; only its first 255 bytes are kept.
    @discardableResult
    package mutating func append(
        kind: UInt8, payload: RawSpan, reason: RawSpan = RawSpan(), now: SpoolInstant
    ) throws(SpoolError) -> UInt64 {
        let reason = reason.extracting(first: SpoolFormat.maximumReasonBytes)
        let bytes = BlockBuilder.bytes(reason: reason.byteCount, payload: payload.byteCount)
        guard bytes <= configuration.maximumRecordBytes else {
            throw .recordTooLarge(bytes: bytes, maximumBytes: configuration.maximumRecordBytes)
        }
        let isFull = builder.rawBytes + bytes > configuration.blockBytes
        if !builder.isEmpty, isFull || isBlockSealed { try flush(now: now) }
        builder.append(kind: kind, reason: reason, payload: payload)
        if bufferedSince == nil { bufferedSince = now.monotonic }
        counters.appendedRecords += 1
        return nextBlock
    }

    /// Writes what waits, if its first record has waited long enough; says whether something was written.
    @discardableResult
    package mutating func flushIfDue(now: SpoolInstant) throws(SpoolError) -> Bool {
        guard let due = flushDue, due <= now.monotonic else { return false }
        try flush(now: now)
        return true
    }

    /// Writes what waits.
    package mutating func flush(now: SpoolInstant) throws(SpoolError) {
        guard !builder.isEmpty else { return }
        do throws(SpoolError) {
            try writeBlock(now: now)
        } catch {
            counters.failedWrites += 1
            throw error
        }
        counters.writtenRecords += builder.recordCount
        counters.writtenBlocks += 1
        nextBlock += 1
        builder.removeAll()
        isBlockSealed = false
        bufferedSince = nil
        checkInvariants()
    }

    private mutating func writeBlock(now: SpoolInstant) throws(SpoolError) {
        guard nextBlock <= SpoolFormat.maximumBlockNumber else { throw .numbersExhausted }
        let hour = SpoolHour(microseconds: now.wallMicroseconds)
        let atMost = SpoolFormat.segmentHeaderBytes + SpoolFormat.blockHeaderBytes + builder.rawBytes
        if let open = segment,
            open.name.hour != hour
                || (open.hasBlocks && open.length + atMost > configuration.effectiveSegmentBytes)
        {
            endSegment()
        }
        try makeRoom(for: atMost)
        let open = try openSegment(hour: hour, now: now)
        // Taken out, because what holds it is changed while it is read.
        var bytes = OwnedBytes()
        swap(&bytes, &encoded)
        defer { swap(&bytes, &encoded) }
        builder.encode(number: nextBlock, mark: open.mark, createdMicroseconds: now.wallMicroseconds, into: &bytes)
        try append(bytes.span, to: open)
        counters.writtenBytes += bytes.count
        segment?.length += bytes.count
        catalog.noteBlock(
            nextBlock, bytes: bytes.count, records: builder.recordCount, createdMicroseconds: now.wallMicroseconds)
        bytes.removeAll()
        bytes.shrink(toCapacity: 2 * configuration.blockBytes)
    }

    /// Traps when the sums contradict each other.
    package func checkInvariants() {
        precondition(
            counters.recoveredRecords + counters.appendedRecords
                == bufferedRecords + pendingRecords + counters.drainedRecords + counters.damagedRecords
                + counters.deletedRecords)
        // A bound that was lowered holds from the first write on.
        precondition(catalog.bytes <= max(configuration.maximumBytes, recoveredBytes))
        precondition(cursor.drainedThrough < nextBlock)
    }
}
