/// Reads a spool's blocks in the order of their numbers, while a daemon writes to it or while none does.
///
/// It changes nothing, takes no lock and needs the right to read only. What it gives out is a prefix of
/// what is written: nothing that lies after something it has not seen, unless that is damaged or deleted.
package struct SpoolReader: ~Copyable {
    /// What comes next.
    package enum Step: Equatable, Sendable {
        /// A block's records.
        case block
        /// A block that cannot be read; its number and records unless those are lost, too.
        case damaged(block: UInt64?, records: Int)
        /// Nothing further, for now: a later call looks again.
        case end
    }

    private let directory: SpoolDirectory
    /// Number of the first block wanted.
    private let first: UInt64
    /// What was written later is not read.
    private let extent: SpoolExtent?
    /// The block that is due.
    private var expected: UInt64
    private var hasMetBlock = false
    /// Damaged places since the last block, each of which accounts for one number.
    private var unnumbered: UInt64 = 0

    private var segment: SegmentReader?
    /// Blocks were met in `segment`.
    private var isSegmentBegun = false
    /// Segments known to follow, the next one last.
    private var following: [SegmentName] = []
    /// The last segment that was opened, and the one before.
    private var latest: SegmentName?
    private var beforeLatest: SegmentName?

    /// The last segment whose header was found damaged.
    private var damaged: SegmentName?

    private var met = SpoolReport()
    /// Bytes after the last block of `segment`.
    private var tailBytes = 0

    /// - Parameters:
    ///   - block: number of the first block wanted.
    ///   - extent: where to end; without it, a reader that is slower than the writer comes to no end.
    package init(directory: SpoolDirectory, from block: UInt64 = 1, within extent: SpoolExtent? = nil) {
        self.directory = directory
        self.extent = extent
        first = block
        expected = block
    }

    /// What was met so far.
    package var report: SpoolReport {
        var report = met
        report.tornBytes += tailBytes
        return report
    }

    /// Reads all that is there now and says what was met.
    package static func verify(_ directory: SpoolDirectory) throws(SpoolError) -> SpoolReport {
        var reader = SpoolReader(directory: directory, within: try SpoolExtent(of: directory))
        var block = SpoolBlock()
        while try reader.next(into: &block) != .end {}
        return reader.report
    }

    /// Goes on by one block; it is in `block` if the answer says so. Blocks from number `end` on are left
    /// for later.
    package mutating func next(
        into block: inout SpoolBlock, before end: UInt64 = .max
    ) throws(SpoolError) -> Step {
        while true {
            if segment == nil, try !beginSegment() { return .end }
            if isPastExtent() { return .end }
            // Known before this look at the segment: what it lacks now, it will lack for ever.
            let isFollowed = !following.isEmpty
            switch try look() {
            case .block(let header):
                if header.number >= end { return .end }
                if let step = try take(header, into: &block) { return step }
            case .damage:
                unnumbered += 1
                met.damagedBlocks += 1
                return .damaged(block: nil, records: 0)
            case .damagedHeader:
                if latest != damaged { met.damagedHeaders += 1 }
                damaged = latest
            case .end(let tornBytes):
                if isFollowed {
                    endSegment(tornBytes: tornBytes)
                } else if try !findFollowing() {
                    rest(tornBytes: tornBytes)
                    return .end
                }
            case nil:
                met.unknownSegments += 1
                endSegment(tornBytes: 0)
            }
        }
    }

    private mutating func isPastExtent() -> Bool {
        guard let extent, let latest else { return false }
        let offset = segment?.offset ?? 0
        return latest.firstBlock > extent.lastSegment
            || latest.firstBlock == extent.lastSegment && offset >= extent.bytes
    }

    /// Nil: a segment of a version that this program does not know.
    private mutating func look() throws(SpoolError) -> SegmentReader.Place? {
        do throws(SpoolError) {
            return try segment?.look()
        } catch .unknownVersion {
            return nil
        }
    }

    /// Loads or passes the block that is next; nil: there is nothing to tell of it.
    private mutating func take(
        _ header: BlockHeader, into block: inout SpoolBlock
    ) throws(SpoolError) -> Step? {
        isSegmentBegun = true
        guard header.number >= expected else {
            segment?.skip(header)
            // Writing it failed, but not as a whole; then it was written again.
            if header.number >= first { met.repeatedBlocks += 1 }
            return nil
        }
        let isWhole = try segment?.load(header, into: &block) ?? false
        let gap = header.number - expected
        if hasMetBlock, gap > unnumbered { met.missingBlocks += gap - unnumbered }
        hasMetBlock = true
        unnumbered = 0
        expected = header.number + 1
        let records = Int(header.recordCount)
        guard isWhole else {
            met.damagedBlocks += 1
            met.damagedRecords += records
            return .damaged(block: header.number, records: records)
        }
        met.blocks += 1
        met.records += records
        return .block
    }

    /// Opens the next segment; false: there is none yet.
    private mutating func beginSegment() throws(SpoolError) -> Bool {
        while true {
            if following.isEmpty, try !findFollowing() { return false }
            let name = following.removeLast()
            do throws(SpoolError) {
                segment = try SegmentReader(directory: directory, name: name)
            } catch .missing {
                // Retention was faster.
                continue
            }
            beforeLatest = latest
            latest = name
            isSegmentBegun = false
            tailBytes = 0
            met.segments += 1
            return true
        }
    }

    private mutating func endSegment(tornBytes: Int) {
        met.tornBytes += tornBytes
        tailBytes = 0
        segment = nil
    }

    /// Waits for more at a place that is the end for now.
    private mutating func rest(tornBytes: Int) {
        tailBytes = tornBytes
        // A segment without a block may yet be made anew under its name, when the first write to it failed.
        guard !isSegmentBegun else { return }
        segment = nil
        latest = beforeLatest
        met.segments -= 1
    }

    /// Lists what follows the latest segment; false: nothing.
    private mutating func findFollowing() throws(SpoolError) -> Bool {
        let latestBlock = latest?.firstBlock ?? 0
        var names = try directory.segments().filter { $0.firstBlock > latestBlock }
        // Of what begins before the block that is due, the last may hold it.
        if let start = names.lastIndex(where: { $0.firstBlock <= expected }) { names.removeFirst(start) }
        following = names.reversed()
        return !following.isEmpty
    }
}
