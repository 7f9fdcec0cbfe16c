internal import InferdBase

extension SpoolWriter {
    /// The segment that the next block goes to.
    mutating func openSegment(hour: SpoolHour, now: SpoolInstant) throws(SpoolError) -> OpenSegment {
        if let segment { return segment }
        return try beginSegment(hour: hour, now: now)
    }

    /// Makes the file of a segment whose first block is the next.
    private mutating func beginSegment(hour: SpoolHour, now: SpoolInstant) throws(SpoolError) -> OpenSegment {
        if let name = leftover {
            try files.removeIfPresent(name.path)
            leftover = nil
        }
        let name = SegmentName(hour: hour, firstBlock: nextBlock)
        let header = SegmentHeader(
            bootID: bootID, firstBlock: nextBlock, mark: .random(in: .min ... .max),
            createdMicroseconds: now.wallMicroseconds)
        var bytes = OwnedBytes(capacity: SpoolFormat.segmentHeaderBytes)
        header.encode(into: &bytes)
        try files.makeDirectory(hour.name)
        let file = try files.create(name.path)
        do throws(SpoolError) {
            try files.writeAll(bytes.span, to: file, at: 0)
            if configuration.syncs {
                try files.syncDirectory(".")
                try files.syncDirectory(hour.name)
            }
        } catch {
            files.close(file)
            leftover = name
            throw error
        }
        let open = OpenSegment(file: file, name: name, mark: header.mark, length: bytes.count)
        segment = open
        counters.writtenBytes += bytes.count
        catalog.append(
            SegmentSummary(
                name: name, lastBlock: nextBlock - 1, bytes: bytes.count, youngestMicroseconds: now.wallMicroseconds))
        return open
    }

    /// Adds a block's bytes to the open segment, or leaves the segment as it was.
    mutating func append(_ bytes: RawSpan, to open: OpenSegment) throws(SpoolError) {
        do throws(SpoolError) {
            try files.writeAll(bytes, to: open.file, at: open.length)
        } catch {
            if !cut(open) { abandonSegment(isCut: false) }
            throw error
        }
        guard configuration.syncs else { return }
        do throws(SpoolError) {
            try files.sync(open.file)
        } catch {
            // What the disk holds of the file is not known any more, and a later sync may say that all is
            // well: nothing is added to it.
            abandonSegment(isCut: cut(open))
            throw error
        }
    }

    /// Cuts a segment back to its whole blocks; false: that failed, too.
    private func cut(_ open: OpenSegment) -> Bool {
        do throws(SpoolError) {
            try files.truncate(open.file, to: open.length)
            return true
        } catch {
            return false
        }
    }

    /// Ends the open segment, to which nothing is added any more.
    mutating func endSegment() {
        guard let open = segment else { return }
        files.close(open.file)
        segment = nil
    }

    /// Ends a segment that a write has failed on. The block is written again, to another segment: a reader
    /// that finds it in both takes the first. One without blocks must go, as the other has its name.
    private mutating func abandonSegment(isCut: Bool) {
        guard let open = segment else { return }
        endSegment()
        if !isCut { isBlockSealed = true }
        guard !open.hasBlocks else { return }
        catalog.removeYoungest()
        leftover = open.name
    }
}
