internal import InferdBase

/// What a segment says of itself in its first bytes.
struct SegmentHeader: Equatable {
    /// Why bytes are no header.
    enum DecodingError: Error, Equatable {
        /// Fewer bytes than a header has.
        case short
        /// Not a segment, or a damaged one.
        case damaged
        /// A whole header of a version that this program does not know.
        case unknownVersion(UInt32)
    }

    /// The life of the daemon that wrote the segment.
    var bootID: BootID
    /// Number of the segment's first block; the file is named by it.
    var firstBlock: UInt64
    /// Drawn at random for this segment and repeated in its blocks. Bytes inside a block that look like a
    /// block, because somebody had them recorded, do not know it.
    var mark: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z when the segment was begun.
    var createdMicroseconds: Int64

    /// Appends the header's bytes.
    func encode(into target: inout OwnedBytes) {
        let start = target.count
        target.appendLittleEndian(SpoolFormat.segmentMagic)
        target.appendLittleEndian(SpoolFormat.version)
        target.appendLittleEndian(UInt32(0))
        target.appendLittleEndian(bootID.high)
        target.appendLittleEndian(bootID.low)
        target.appendLittleEndian(firstBlock)
        target.appendLittleEndian(mark)
        target.appendLittleEndian(createdMicroseconds)
        target.appendLittleEndian(UInt32(0))
        target.appendLittleEndian(target.checksum(of: start..<target.count))
    }

    init(bootID: BootID, firstBlock: UInt64, mark: UInt64, createdMicroseconds: Int64) {
        self.bootID = bootID
        self.firstBlock = firstBlock
        self.mark = mark
        self.createdMicroseconds = createdMicroseconds
    }

    /// Reads a header from the front of `bytes`.
    init(decoding bytes: RawSpan) throws(DecodingError) {
        guard bytes.byteCount >= SpoolFormat.segmentHeaderBytes else { throw .short }
        let header = bytes.extracting(first: SpoolFormat.segmentHeaderBytes)
        let checked = CRC32C(of: header.extracting(first: SpoolFormat.segmentHeaderBytes - 4))
        guard header.littleEndian(at: 0, as: UInt64.self) == SpoolFormat.segmentMagic,
            header.littleEndian(at: 60, as: UInt32.self) == checked.value
        else { throw .damaged }
        let version = header.littleEndian(at: 8, as: UInt32.self)
        guard version == SpoolFormat.version else { throw .unknownVersion(version) }
        bootID = BootID(high: header.littleEndian(at: 16), low: header.littleEndian(at: 24))
        firstBlock = header.littleEndian(at: 32)
        mark = header.littleEndian(at: 40)
        createdMicroseconds = header.littleEndian(at: 48)
    }
}
