internal import InferdBase

/// Writes protobuf fields into room of a fixed size, as `OwnedBytes` does into a buffer that grows: fields
/// that hold their default are left out. Whoever uses it has made sure that there is room; what does not fit
/// traps.
struct FieldWriter: ~Copyable, ~Escapable {
    private var room: MutableRawSpan
    /// Bytes written.
    private(set) var count = 0

    @_lifetime(copy room)
    init(_ room: consuming MutableRawSpan) {
        self.room = room
    }

    @_lifetime(self: copy self)
    mutating func write(byte: UInt8) {
        room.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @_lifetime(self: copy self)
    mutating func write(_ bytes: RawSpan) {
        precondition(bytes.byteCount <= room.byteCount - count)
        let offset = count
        // Sound: as many bytes as were just found free; the two cannot overlap, the room being exclusive.
        unsafe room.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                unsafe (to + offset).copyMemory(from: from, byteCount: source.count)
            }
        }
        count += bytes.byteCount
    }

    @_lifetime(self: copy self)
    mutating func write(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            write(byte: UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        write(byte: UInt8(truncatingIfNeeded: rest))
    }

    @_lifetime(self: copy self)
    mutating func writeTag(_ number: UInt32, _ type: WireType) {
        write(varint: UInt64(number << 3 | type.rawValue))
    }

    @_lifetime(self: copy self)
    mutating func writeField(_ number: UInt32, varint value: UInt64) {
        guard value != 0 else { return }
        writeTag(number, .varint)
        write(varint: value)
    }

    @_lifetime(self: copy self)
    mutating func writeField(_ number: UInt32, fixed64 bits: UInt64) {
        guard bits != 0 else { return }
        writeTag(number, .fixed64)
        room.storeBytes(of: bits.littleEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    @_lifetime(self: copy self)
    mutating func writeField(_ number: UInt32, _ value: Float) {
        guard value.bitPattern != 0 else { return }
        writeTag(number, .fixed32)
        room.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: count, as: UInt32.self)
        count += 4
    }

    @_lifetime(self: copy self)
    mutating func writeField(_ number: UInt32, _ bytes: RawSpan) {
        guard !bytes.isEmpty else { return }
        writeLength(number, bytes.byteCount)
        write(bytes)
    }

    /// Sixteen bytes, highest first.
    @_lifetime(self: copy self)
    mutating func writeField(_ number: UInt32, high: UInt64, low: UInt64) {
        writeLength(number, 16)
        room.storeBytes(of: high.bigEndian, toByteOffset: count, as: UInt64.self)
        room.storeBytes(of: low.bigEndian, toByteOffset: count + 8, as: UInt64.self)
        count += 16
    }

    /// The head of a length-delimited field, of which `byteCount` bytes follow.
    @_lifetime(self: copy self)
    mutating func writeLength(_ number: UInt32, _ byteCount: Int) {
        writeTag(number, .lengthDelimited)
        write(varint: UInt64(byteCount))
    }

    /// Begins a message of less than 128 bytes, which `endShortMessage` ends.
    @_lifetime(self: copy self)
    mutating func beginShortMessage(_ number: UInt32) -> Int {
        writeLength(number, 0)
        return count
    }

    @_lifetime(self: copy self)
    mutating func endShortMessage(at start: Int) {
        let length = count - start
        precondition(length < 0x80)
        room.storeBytes(of: UInt8(length), toByteOffset: start - 1, as: UInt8.self)
    }
}
