internal import InferdBase

extension OwnedBytes {
    /// Appends an integer's bytes, the least significant first.
    mutating func appendLittleEndian(_ value: some FixedWidthInteger & BitwiseCopyable) {
        let offset = count
        resize(to: offset + MemoryLayout.size(ofValue: value))
        storeLittleEndian(value, at: offset)
    }

    /// Writes an integer's bytes over those at `offset`, which are there.
    mutating func storeLittleEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        var bytes = mutableSpan
        bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }

    /// CRC-32C of a part.
    func checksum(of range: Range<Int>) -> UInt32 { CRC32C(of: span.extracting(range)).value }
}
