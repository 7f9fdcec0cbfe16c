internal import InferdBase

/// One block's records in memory. A value is used for block after block, so that reading allocates only
/// while blocks get larger.
package struct SpoolBlock: ~Copyable {
    /// 0: nothing was read yet.
    package private(set) var number: UInt64 = 0
    /// Microseconds since 1970-01-01T00:00:00Z when the block was written.
    package private(set) var createdMicroseconds: Int64 = 0
    /// In the order in which they were appended.
    package private(set) var records: [SpoolRecord] = []
    private var content = OwnedBytes()

    package init() {}

    /// What was recorded.
    @_lifetime(borrow self)
    package func payload(of record: SpoolRecord) -> RawSpan {
        content.span.extracting(record.payload)
    }

    /// Why the record is a dead letter; empty for any other.
    package func reason(of record: SpoolRecord) -> String {
        let bytes = content.span.extracting(record.reason)
        // Sound: the bytes are copied before the call returns.
        return unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Takes in a block's data as it lay in the file. False: it is damaged, and the block is empty.
    mutating func load(_ header: BlockHeader, data: RawSpan) -> Bool {
        number = header.number
        createdMicroseconds = header.createdMicroseconds
        content.removeAll()
        // Taken out, because the content is read while they are changed.
        var found: [SpoolRecord] = []
        swap(&found, &records)
        defer { swap(&found, &records) }
        found.removeAll(keepingCapacity: true)
        let isWhole =
            CRC32C(of: data).value == header.dataChecksum && unpack(header, data)
            && Self.findRecords(in: content.span, count: Int(header.recordCount), &found)
        if !isWhole { found.removeAll(keepingCapacity: true) }
        return isWhole
    }

    private mutating func unpack(_ header: BlockHeader, _ data: RawSpan) -> Bool {
        if header.isStoredRaw {
            content.append(data)
            return true
        }
        do throws(LZ4Block.DecompressionError) {
            try LZ4Block.decompress(data, uncompressedBytes: Int(header.rawBytes), into: &content)
            return true
        } catch {
            return false
        }
    }

    /// Notes where each record lies. False unless so many fill the content exactly.
    private static func findRecords(in bytes: RawSpan, count: Int, _ records: inout [SpoolRecord]) -> Bool {
        var cursor = ByteCursor(bytes)
        do throws(ByteCursorError) {
            while !cursor.isAtEnd {
                let payloadBytes = try cursor.readLittleEndianUInt32()
                let kind = try cursor.readByte()
                let reasonBytes = try cursor.readByte()
                let reason = try cursor.take(Int(reasonBytes))
                let payload = try cursor.take(Int(payloadBytes))
                records.append(SpoolRecord(kind: kind, reason: reason, payload: payload))
            }
            return records.count == count
        } catch {
            return false
        }
    }
}
