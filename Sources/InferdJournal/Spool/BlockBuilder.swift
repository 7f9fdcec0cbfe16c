internal import InferdBase

/// The records of the block that is being filled.
struct BlockBuilder: ~Copyable {
    private var content: OwnedBytes
    /// Memory that is kept from block to block; one large record does not hold its own for ever.
    private let usualBytes: Int
    private(set) var recordCount = 0

    /// `usualBytes`: what a block holds, unless one record alone is larger.
    init(usualBytes: Int) {
        self.usualBytes = usualBytes
        content = OwnedBytes(capacity: usualBytes)
    }

    var isEmpty: Bool { recordCount == 0 }

    /// Bytes of the records so far, uncompressed.
    var rawBytes: Int { content.count }

    /// Bytes that a record takes.
    static func bytes(reason: Int, payload: Int) -> Int { SpoolFormat.recordHeaderBytes + reason + payload }

    /// The caller has bounded both.
    mutating func append(kind: UInt8, reason: RawSpan, payload: RawSpan) {
        precondition(reason.byteCount <= SpoolFormat.maximumReasonBytes)
        precondition(
            rawBytes + Self.bytes(reason: reason.byteCount, payload: payload.byteCount)
                <= SpoolFormat.maximumRawBytes)
        content.appendLittleEndian(UInt32(payload.byteCount))
        content.append(kind)
        content.append(UInt8(reason.byteCount))
        content.append(reason)
        content.append(payload)
        recordCount += 1
    }

    /// Replaces what `target` holds by the block of these records, which stay.
    func encode(number: UInt64, mark: UInt64, createdMicroseconds: Int64, into target: inout OwnedBytes) {
        let headerBytes = SpoolFormat.blockHeaderBytes
        target.removeAll()
        target.resize(to: headerBytes)
        // One byte less than uncompressed tells the two apart.
        if LZ4Block.compress(content.span, into: &target, maximumBytes: rawBytes - 1) == nil {
            target.append(content.span)
        }
        let checksum = target.checksum(of: headerBytes..<target.count)
        let header = BlockHeader(
            mark: mark, number: number, createdMicroseconds: createdMicroseconds, recordCount: UInt32(recordCount),
            rawBytes: UInt32(rawBytes), storedBytes: UInt32(target.count - headerBytes), dataChecksum: checksum)
        header.store(into: &target, at: 0)
    }

    mutating func removeAll() {
        content.removeAll()
        content.shrink(toCapacity: usualBytes)
        recordCount = 0
    }
}
