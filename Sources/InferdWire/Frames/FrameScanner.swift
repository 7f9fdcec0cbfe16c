import InferdBase

/// Finds frames: one byte of flags, four bytes of big-endian length, the message. With flag 1 the
/// message is four bytes of big-endian uncompressed size and one LZ4 block.
package enum FrameScanner {
    /// Bytes before a message.
    package static let headerBytes = 5
    /// Bytes before an LZ4 block within a compressed message.
    static let sizeBytes = 4

    /// Looks at the front of `bytes`. Reads no more than the header and takes no memory, so that a
    /// length is judged before anything is made of it. A message may have `maximumMessageBytes`
    /// bytes, uncompressed.
    package static func scan(_ bytes: RawSpan, maximumMessageBytes: Int) -> FrameScan {
        var cursor = ByteCursor(bytes)
        guard let flags = try? cursor.readByte() else { return .incomplete(needed: headerBytes) }
        guard flags <= 1 else {
            return .refused(RequestError(.invalidArgument, "unknown frame flags \(flags); 0 and 1 are known"))
        }
        guard let prefix = try? cursor.readBigEndianUInt32() else { return .incomplete(needed: headerBytes) }
        let length = Int(prefix)
        let total = headerBytes + length
        if flags == 0 {
            guard length <= maximumMessageBytes else { return tooLarge(length, maximumMessageBytes) }
            guard bytes.byteCount >= total else { return .incomplete(needed: total) }
            return .frame(
                compressed: false, payload: headerBytes..<total, uncompressedBytes: length, total: total)
        }
        return scanCompressed(bytes, &cursor, length: length, maximumMessageBytes: maximumMessageBytes)
    }

    @_lifetime(cursor: copy cursor)
    private static func scanCompressed(
        _ bytes: RawSpan, _ cursor: inout ByteCursor, length: Int, maximumMessageBytes: Int
    ) -> FrameScan {
        let total = headerBytes + length
        let blockBytes = length - sizeBytes
        guard blockBytes > 0 else {
            return .refused(RequestError(.invalidArgument, "a compressed frame of \(length) bytes holds no block"))
        }
        guard blockBytes <= compressedBound(maximumMessageBytes) else { return tooLarge(length, maximumMessageBytes) }
        guard let declared = try? cursor.readBigEndianUInt32() else {
            return .incomplete(needed: headerBytes + sizeBytes)
        }
        let uncompressed = Int(declared)
        guard uncompressed <= maximumMessageBytes else { return tooLarge(uncompressed, maximumMessageBytes) }
        guard bytes.byteCount >= total else { return .incomplete(needed: total) }
        return .frame(
            compressed: true, payload: (headerBytes + sizeBytes)..<total, uncompressedBytes: uncompressed,
            total: total)
    }

    /// Greatest block that a message of `bytes` compresses to (`LZ4_COMPRESSBOUND`).
    private static func compressedBound(_ bytes: Int) -> Int {
        bytes + bytes / 255 + 16
    }

    private static func tooLarge(_ length: Int, _ maximum: Int) -> FrameScan {
        .refused(
            RequestError(.invalidArgument, "a message of \(length) bytes; at most \(maximum) are accepted"))
    }
}
