import InferdBase

extension OwnedBytes {
    /// Begins a plain frame; returns where it starts.
    mutating func beginFrame() -> Int {
        let start = count
        resize(to: start + FrameScanner.headerBytes)
        return start
    }

    /// Writes the length of the frame that starts at `start` and ends here.
    mutating func endFrame(at start: Int) {
        let length = count - start - FrameScanner.headerBytes
        precondition(length >= 0 && length <= Int(UInt32.max))
        var bytes = mutableSpan
        bytes.storeBytes(of: UInt32(length).bigEndian, toByteOffset: start + 1, as: UInt32.self)
    }
}
