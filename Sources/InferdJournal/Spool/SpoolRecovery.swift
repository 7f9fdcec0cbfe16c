internal import InferdBase

/// What a spool holds when a daemon opens it.
struct SpoolRecovery {
    private(set) var catalog = SpoolCatalog()
    let cursor: SpoolCursor
    /// Greater than the number of any block there is or was.
    private(set) var nextBlock: UInt64
    /// Bytes cut from the last segment.
    private(set) var cutBytes = 0

    /// The number after the last block found.
    private var due: UInt64 = 1

    /// A segment as it lies on the disk.
    private struct Found {
        var summary: SegmentSummary
        /// Where the last whole block ends.
        var length = 0
        var isHeaderDamaged = false
    }

    /// Looks at the header of every block, not at the data. Throws before it changes anything when a segment is
    /// of an unknown version.
    static func recover(files: some SpoolFiles, directory: SpoolDirectory) throws(SpoolError) -> SpoolRecovery {
        var recovery = SpoolRecovery(cursor: try SpoolCursor.read(from: directory))
        var last: Found?
        for name in try directory.segments() {
            let found = try recovery.examine(name, in: directory)
            recovery.catalog.append(found.summary)
            last = found
        }
        if let last { try recovery.cut(last, files: files) }
        recovery.nextBlock = max(recovery.due, recovery.cursor.nextBlock)
        return recovery
    }

    private init(cursor: SpoolCursor) {
        self.cursor = cursor
        nextBlock = cursor.nextBlock
    }

    private mutating func examine(_ name: SegmentName, in directory: SpoolDirectory) throws(SpoolError) -> Found {
        var reader = try SegmentReader(directory: directory, name: name)
        // Without a block it is not known how old it is, which must not make others seem old.
        var found = Found(
            summary: SegmentSummary(name: name, lastBlock: name.firstBlock - 1, bytes: 0, youngestMicroseconds: .max))
        due = max(due, name.firstBlock)
        while true {
            switch try reader.look() {
            case .block(let header):
                reader.skip(header)
                // One that was written again after it had failed in part was counted where it came first.
                guard header.number >= due else { continue }
                due = header.number + 1
                found.summary.note(header, isDrained: header.number <= cursor.drainedThrough)
            case .damage:
                break
            case .damagedHeader:
                found.isHeaderDamaged = true
            case .end(let tornBytes):
                found.length = reader.offset
                found.summary.bytes = reader.offset + tornBytes
                return found
            }
        }
    }

    /// Cuts what a crash left of a block off the last segment. Nothing is added to that segment, but what
    /// follows its blocks would look like damage.
    private mutating func cut(_ last: Found, files: some SpoolFiles) throws(SpoolError) {
        let torn = last.summary.bytes - last.length
        if last.summary.lastBlock < last.summary.name.firstBlock {
            if last.isHeaderDamaged {
                // Nobody can read it, and nobody said that it may go.
                due = max(due, last.summary.name.firstBlock + 1)
                return
            }
            try files.removeIfPresent(last.summary.name.path)
            catalog.removeYoungest()
            cutBytes = last.summary.bytes
        } else if torn > 0 {
            let file = try files.openForWriting(last.summary.name.path)
            defer { files.close(file) }
            try files.truncate(file, to: last.length)
            catalog.cutYoungest(by: torn)
            cutBytes = torn
        }
    }
}
