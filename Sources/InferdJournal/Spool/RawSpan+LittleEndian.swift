extension RawSpan {
    /// The integer whose bytes begin at `offset`, the least significant first. All of them must be there.
    func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Value.Type = Value.self
    ) -> Value {
        precondition(offset >= 0 && offset <= byteCount - MemoryLayout<Value>.size)
        // Sound: within the bytes, as was just checked; every pattern of bits is an integer.
        return Value(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}
