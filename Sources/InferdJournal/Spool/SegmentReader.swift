internal import InferdBase

/// Reads one segment from front to back, while somebody may be appending to it.
///
/// What is damaged is passed over: to the end the block's header names, when that is whole, else to the
/// next bytes that are a block's header and know the segment's mark.
struct SegmentReader: ~Copyable {
    /// What lies at the reader's place.
    enum Place: Equatable {
        /// A block that is there as a whole. Stays until it is loaded or skipped.
        case block(BlockHeader)
        /// So many bytes, now passed, are no block, although one follows.
        case damage(bytes: Int)
        /// The segment's own header, now passed, is damaged. Its blocks can be read all the same.
        case damagedHeader
        /// No further block, perhaps yet; so many bytes of what is none.
        case end(tornBytes: Int)
    }

    let name: SegmentName
    /// Where the next block begins; 0: the segment's header has not been read.
    private(set) var offset = 0
    private let descriptor: Int32
    /// Nil: not known, because the segment's header is damaged and its first block has not been read.
    private var mark: UInt64?
    private var window = OwnedBytes()

    init(directory: SpoolDirectory, name: SegmentName) throws(SpoolError) {
        self.name = name
        descriptor = try directory.openFile(name.path)
    }

    deinit {
        SpoolDirectory.close(descriptor)
    }

    /// Looks at what comes next. Throws `unknownVersion` for a segment that is not for this program.
    mutating func look() throws(SpoolError) -> Place {
        let size = try SpoolDirectory.size(of: descriptor)
        if offset == 0 {
            guard size >= SpoolFormat.segmentHeaderBytes else { return .end(tornBytes: size) }
            guard try readSegmentHeader() else { return .damagedHeader }
        }
        let remaining = size - offset
        guard remaining >= SpoolFormat.blockHeaderBytes else { return .end(tornBytes: max(0, remaining)) }
        try fill(at: offset, count: SpoolFormat.blockHeaderBytes)
        if let header = header(in: window.span) {
            guard header.totalBytes <= remaining else { return .end(tornBytes: remaining) }
            return .block(header)
        }
        guard let next = try findHeader(from: offset + 1, to: size) else { return .end(tornBytes: remaining) }
        let bytes = next - offset
        offset = next
        return .damage(bytes: bytes)
    }

    /// Passes the block that was found, and takes its records. False: its data is damaged.
    mutating func load(_ header: BlockHeader, into block: inout SpoolBlock) throws(SpoolError) -> Bool {
        try fill(at: offset + SpoolFormat.blockHeaderBytes, count: Int(header.storedBytes))
        skip(header)
        guard window.count == Int(header.storedBytes) else { return false }
        return block.load(header, data: window.span)
    }

    /// Passes the block that was found.
    mutating func skip(_ header: BlockHeader) {
        mark = header.mark
        offset += header.totalBytes
    }

    /// False: it is damaged.
    private mutating func readSegmentHeader() throws(SpoolError) -> Bool {
        try fill(at: 0, count: SpoolFormat.segmentHeaderBytes)
        do throws(SegmentHeader.DecodingError) {
            mark = try SegmentHeader(decoding: window.span).mark
            offset = SpoolFormat.segmentHeaderBytes
            return true
        } catch .unknownVersion(let version) {
            throw .unknownVersion(version)
        } catch {
            offset = SpoolFormat.segmentHeaderBytes
            return false
        }
    }

    /// The header that `bytes` begin with, if it is one of this segment's.
    private func header(in bytes: RawSpan) -> BlockHeader? {
        guard let header = BlockHeader(decoding: bytes), mark == nil || header.mark == mark else { return nil }
        return header
    }

    /// Where the next block of this segment begins that is there as a whole. Without the mark none is looked
    /// for: what looks like a block might have been recorded to look so.
    private mutating func findHeader(from start: Int, to size: Int) throws(SpoolError) -> Int? {
        guard mark != nil else { return nil }
        var base = start
        while size - base >= SpoolFormat.blockHeaderBytes {
            try fill(at: base, count: min(Self.searchBytes, size - base))
            let bytes = window.span
            var position = 0
            while bytes.byteCount - position >= SpoolFormat.blockHeaderBytes {
                let candidate = bytes.extracting(droppingFirst: position)
                if let header = header(in: candidate), base + position + header.totalBytes <= size {
                    return base + position
                }
                position += 1
            }
            guard position > 0 else { return nil }
            base += position
        }
        return nil
    }

    /// Bytes looked through at a time.
    private static let searchBytes = 64 << 10

    private mutating func fill(at offset: Int, count: Int) throws(SpoolError) {
        try SpoolDirectory.read(descriptor, at: offset, count: count, into: &window)
    }
}
