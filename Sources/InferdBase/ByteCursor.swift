/// Why a `ByteCursor` cannot go on.
package enum ByteCursorError: Error, Equatable, Sendable {
    /// The bytes end within what is being read.
    case truncated
    /// A varint has more bytes or bits than its kind may have.
    case overlong
}

/// Reads a run of bytes from front to back and never beyond it. A read that fails leaves the
/// position where it was.
package struct ByteCursor: ~Escapable {
    /// What is being read.
    @usableFromInline let bytes: RawSpan
    @usableFromInline var position: Int

    @inlinable @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
        position = 0
    }

    /// Bytes read so far.
    @inlinable package var offset: Int { position }

    @inlinable package var remaining: Int { bytes.byteCount &- position }

    @inlinable package var isAtEnd: Bool { position == bytes.byteCount }

    @inlinable @_lifetime(self: copy self)
    package mutating func readByte() throws(ByteCursorError) -> UInt8 {
        guard remaining >= 1 else { throw .truncated }
        let value = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
        position &+= 1
        return value
    }

    /// A base-128 varint of at most 10 bytes and 64 bits.
    @inlinable @_lifetime(self: copy self)
    package mutating func readVarint() throws(ByteCursorError) -> UInt64 {
        // One byte is by far the most common length.
        if remaining > 0 {
            let first = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
            if first < 0x80 {
                position &+= 1
                return UInt64(first)
            }
        }
        return try readLongVarint(maximumBytes: 10, lastByte: 1)
    }

    /// A varint of at most 5 bytes and 32 bits: how tags and lengths are written.
    @inlinable @_lifetime(self: copy self)
    package mutating func readVarint32() throws(ByteCursorError) -> UInt32 {
        if remaining > 0 {
            let first = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
            if first < 0x80 {
                position &+= 1
                return UInt32(first)
            }
        }
        return UInt32(truncatingIfNeeded: try readLongVarint(maximumBytes: 5, lastByte: 0x0F))
    }

    /// `lastByte` is the greatest value of the byte at `maximumBytes`.
    @usableFromInline @_lifetime(self: copy self)
    mutating func readLongVarint(maximumBytes: Int, lastByte: UInt8) throws(ByteCursorError) -> UInt64 {
        var value: UInt64 = 0
        var length = 0
        while true {
            guard length < remaining else { throw .truncated }
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: position &+ length, as: UInt8.self)
            value |= UInt64(byte & 0x7F) &<< UInt64(7 &* length)
            length &+= 1
            if length == maximumBytes && byte > lastByte { throw .overlong }
            if byte < 0x80 {
                position &+= length
                return value
            }
        }
    }

    @inlinable @_lifetime(self: copy self)
    package mutating func readLittleEndianUInt32() throws(ByteCursorError) -> UInt32 {
        guard remaining >= 4 else { throw .truncated }
        let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)
        position &+= 4
        return UInt32(littleEndian: value)
    }

    @inlinable @_lifetime(self: copy self)
    package mutating func readLittleEndianUInt64() throws(ByteCursorError) -> UInt64 {
        guard remaining >= 8 else { throw .truncated }
        let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
        position &+= 8
        return UInt64(littleEndian: value)
    }

    @inlinable @_lifetime(self: copy self)
    package mutating func readBigEndianUInt32() throws(ByteCursorError) -> UInt32 {
        guard remaining >= 4 else { throw .truncated }
        let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)
        position &+= 4
        return UInt32(bigEndian: value)
    }

    /// Passes over `count` bytes and says where they lie.
    @inlinable @_lifetime(self: copy self)
    package mutating func take(_ count: Int) throws(ByteCursorError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw .truncated }
        let start = position
        position &+= count
        return start..<position
    }
}
