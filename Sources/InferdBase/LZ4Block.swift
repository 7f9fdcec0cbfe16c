internal import CLZ4

/// One LZ4 block: no frame, no checksum, its uncompressed size is told beside it.
package enum LZ4Block {
    /// Why a block cannot be decompressed.
    package enum DecompressionError: Error, Equatable, Sendable {
        /// Not an LZ4 block, or more than was declared comes out of it.
        case malformed
        /// Less than was declared comes out of it.
        case short(Int)
        /// More than liblz4 takes in one call.
        case tooLarge
    }

    /// Greatest expansion of a block: each byte of a long match's length stands for 255 bytes.
    private static let greatestRatio = 255

    /// Bytes that liblz4 compresses in one call.
    package static let maximumInputBytes = Int(LZ4_MAX_INPUT_SIZE)

    /// Whether `compressed` bytes can hold `uncompressed` ones at all. A declared size that fails
    /// this is a lie, and is refused before memory is taken for it.
    package static func isPlausible(compressed: Int, uncompressed: Int) -> Bool {
        let (product, overflow) = compressed.multipliedReportingOverflow(by: greatestRatio)
        // The last sequence's literals and the first match's token add a little.
        let (bound, overflow2) = product.addingReportingOverflow(64)
        return overflow || overflow2 || uncompressed <= bound
    }

    /// Appends the block that `source` compresses to, unless it would be longer than `maximumBytes`;
    /// returns its length, or nil when nothing was appended.
    package static func compress(_ source: RawSpan, into target: inout OwnedBytes, maximumBytes: Int) -> Int? {
        let capacity = min(maximumBytes, Int(Int32.max))
        guard source.byteCount <= maximumInputBytes, capacity > 0 else { return nil }
        var written = 0
        // liblz4 reads `source.count` bytes and writes at most `capacity`: the buffer's exact extent.
        unsafe target.appendUninitialized(capacity) { room in
            unsafe source.withUnsafeBytes { source in
                let length = unsafe LZ4_compress_default(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    room.baseAddress?.assumingMemoryBound(to: CChar.self),
                    Int32(source.count), Int32(capacity))
                written = max(0, Int(length))
            }
            return written
        }
        return written > 0 ? written : nil
    }

    /// Appends what `block` decompresses to, which must be exactly `uncompressedBytes`; appends
    /// nothing when it fails. The caller has bounded `uncompressedBytes`.
    package static func decompress(
        _ block: RawSpan, uncompressedBytes: Int, into target: inout OwnedBytes
    ) throws(DecompressionError) {
        guard let blockBytes = Int32(exactly: block.byteCount), let wanted = Int32(exactly: uncompressedBytes),
            wanted >= 0
        else { throw .tooLarge }
        var length: Int32 = -1
        // `LZ4_decompress_safe` neither reads beyond the block nor writes beyond `wanted` bytes,
        // whatever the block holds.
        unsafe target.appendUninitialized(uncompressedBytes) { room in
            unsafe block.withUnsafeBytes { source in
                length = unsafe LZ4_decompress_safe(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    room.baseAddress?.assumingMemoryBound(to: CChar.self), blockBytes, wanted)
            }
            return length == wanted ? uncompressedBytes : 0
        }
        if length < 0 { throw .malformed }
        if length != wanted { throw .short(Int(length)) }
    }
}
