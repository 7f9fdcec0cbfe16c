internal import InferdBase

/// How far the spool was drained, as it outlives the daemon.
struct SpoolCursor: Equatable {
    static let fileName = "cursor"
    private static let bytes = 32

    /// All blocks up to this number were delivered.
    var drainedThrough: UInt64 = 0
    /// No block of this number or a greater one was written when the cursor was: numbers go on rising when
    /// all segments are gone.
    var nextBlock: UInt64 = 1

    /// The file's content.
    func encode(into target: inout OwnedBytes) {
        target.removeAll()
        target.appendLittleEndian(SpoolFormat.cursorMagic)
        target.appendLittleEndian(drainedThrough)
        target.appendLittleEndian(nextBlock)
        target.appendLittleEndian(SpoolFormat.version)
        target.appendLittleEndian(target.checksum(of: 0..<target.count))
    }

    init() {}

    /// Nil: damaged.
    init?(decoding bytes: RawSpan) throws(SpoolError) {
        guard bytes.byteCount == Self.bytes,
            bytes.littleEndian(at: 0, as: UInt64.self) == SpoolFormat.cursorMagic,
            bytes.littleEndian(at: 28, as: UInt32.self) == CRC32C(of: bytes.extracting(first: 28)).value
        else { return nil }
        let version = bytes.littleEndian(at: 24, as: UInt32.self)
        guard version == SpoolFormat.version else { throw .unknownVersion(version) }
        drainedThrough = bytes.littleEndian(at: 8)
        nextBlock = bytes.littleEndian(at: 16)
        guard nextBlock > drainedThrough, nextBlock <= SpoolFormat.maximumBlockNumber else { return nil }
    }

    /// Reads the cursor of a spool. One that is missing or damaged stands at the beginning: then what was
    /// delivered is delivered again, and nothing is lost.
    static func read(from directory: SpoolDirectory) throws(SpoolError) -> SpoolCursor {
        let file: Int32
        do throws(SpoolError) {
            file = try directory.openFile(fileName)
        } catch .missing {
            return SpoolCursor()
        }
        defer { SpoolDirectory.close(file) }
        var content = OwnedBytes()
        try SpoolDirectory.read(file, at: 0, count: bytes + 1, into: &content)
        return try SpoolCursor(decoding: content.span) ?? SpoolCursor()
    }
}
