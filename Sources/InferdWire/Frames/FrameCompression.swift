package import InferdBase

/// LZ4 on whole frames.
package enum FrameCompression {
    /// Smaller messages are sent as they are: a packet more or less costs more than the bytes.
    package static let worthwhileBytes = 1024

    /// Decompresses the payload of a frame that `FrameScanner` found, into `target`, which is emptied
    /// first. A failure concerns this frame only: the next one starts where the scan said.
    package static func decompress(
        _ payload: RawSpan, uncompressedBytes: Int, into target: inout OwnedBytes
    ) throws(RequestError) {
        target.removeAll()
        guard LZ4Block.isPlausible(compressed: payload.byteCount, uncompressed: uncompressedBytes) else {
            throw RequestError(
                .invalidArgument,
                "an LZ4 block of \(payload.byteCount) bytes cannot hold the declared \(uncompressedBytes)")
        }
        do throws(LZ4Block.DecompressionError) {
            try LZ4Block.decompress(payload, uncompressedBytes: uncompressedBytes, into: &target)
        } catch {
            switch error {
            case .short(let length):
                throw RequestError(
                    .invalidArgument,
                    "the frame's LZ4 block holds \(length) bytes, not the declared \(uncompressedBytes)")
            case .malformed:
                throw RequestError(
                    .invalidArgument,
                    "the frame's LZ4 block is malformed or longer than the declared \(uncompressedBytes) bytes")
            case .tooLarge:
                throw RequestError(.invalidArgument, "the frame's LZ4 block is too large")
            }
        }
    }

    /// Replaces the plain frame that begins at `start` and ends `bytes` by its compressed form when
    /// that saves an eighth at least. `scratch` is emptied and used; keeping it avoids allocations.
    /// Returns whether the frame is compressed now.
    @discardableResult
    package static func compressFrame(
        at start: Int, in bytes: inout OwnedBytes, scratch: inout OwnedBytes
    ) -> Bool {
        let messageStart = start + FrameScanner.headerBytes
        let messageBytes = bytes.count - messageStart
        precondition(start >= 0 && messageBytes >= 0)
        guard messageBytes >= worthwhileBytes, messageBytes <= LZ4Block.maximumInputBytes else { return false }
        scratch.removeAll()
        let block = LZ4Block.compress(
            bytes.span.extracting(messageStart..<bytes.count), into: &scratch,
            maximumBytes: messageBytes - messageBytes / 8)
        guard let block else { return false }
        bytes.resize(to: start)
        bytes.append(1)
        bytes.appendBigEndian(UInt32(FrameScanner.sizeBytes + block))
        bytes.appendBigEndian(UInt32(messageBytes))
        bytes.append(scratch.span)
        return true
    }
}
