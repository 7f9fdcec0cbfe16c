import InferdBase

#if _endian(big)
    #error("protobuf's fixed fields are copied as they lie in memory, which is right on little-endian machines only")
#endif

/// Writing protobuf fields behind the content. As proto3 has it, a field that holds its default (0,
/// empty) is left out; the fields of a message are written in the order of their numbers, which gives
/// the same bytes as Google's encoders do.
extension OwnedBytes {
    mutating func appendBigEndian(_ value: UInt32) {
        append(UInt8(truncatingIfNeeded: value >> 24))
        append(UInt8(truncatingIfNeeded: value >> 16))
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func appendTag(_ number: UInt32, _ type: WireType) {
        appendVarint(UInt64(number << 3 | type.rawValue))
    }

    mutating func appendField(_ number: UInt32, varint value: UInt64) {
        guard value != 0 else { return }
        appendTag(number, .varint)
        appendVarint(value)
    }

    mutating func appendField(_ number: UInt32, _ value: UInt32) {
        appendField(number, varint: UInt64(value))
    }

    mutating func appendField(_ number: UInt32, _ value: Bool) {
        appendField(number, varint: value ? 1 : 0)
    }

    /// -0 is not the default.
    mutating func appendField(_ number: UInt32, _ value: Float) {
        guard value.bitPattern != 0 else { return }
        appendTag(number, .fixed32)
        appendPlain(value.bitPattern)
    }

    mutating func appendField(_ number: UInt32, _ value: Double) {
        guard value.bitPattern != 0 else { return }
        appendTag(number, .fixed64)
        appendPlain(value.bitPattern)
    }

    mutating func appendField(_ number: UInt32, sfixed64 value: Int64) {
        guard value != 0 else { return }
        appendTag(number, .fixed64)
        appendPlain(UInt64(bitPattern: value))
    }

    mutating func appendField(_ number: UInt32, _ value: RawSpan) {
        guard !value.isEmpty else { return }
        appendElement(number, value)
    }

    mutating func appendField(_ number: UInt32, _ value: String) {
        guard !value.isEmpty else { return }
        unsafe appendElement(number, value.utf8Span.span.bytes)
    }

    /// An element of a repeated field, written even when empty.
    mutating func appendElement(_ number: UInt32, _ value: RawSpan) {
        appendTag(number, .lengthDelimited)
        appendVarint(UInt64(value.byteCount))
        append(value)
    }

    mutating func appendElement(_ number: UInt32, _ value: String) {
        unsafe appendElement(number, value.utf8Span.span.bytes)
    }

    /// A packed field of doubles.
    mutating func appendField(_ number: UInt32, _ values: Span<Double>) {
        unsafe appendField(number, values.bytes)
    }

    /// A packed field of sfixed64.
    mutating func appendField(_ number: UInt32, sfixed64 values: Span<Int64>) {
        unsafe appendField(number, values.bytes)
    }

    /// A packed field of int64.
    mutating func appendField(_ number: UInt32, varints values: Span<Int64>) {
        guard !values.isEmpty else { return }
        let mark = beginMessage(number)
        for index in values.indices {
            appendVarint(UInt64(bitPattern: values[index]))
        }
        endMessage(mark)
    }

    private mutating func appendPlain<Value: BitwiseCopyable>(_ value: Value) {
        unsafe withUnsafeBytes(of: value) { bytes in
            unsafe append(bytes.bytes)
        }
    }

    // MARK: Messages within

    /// Begins a message (or anything else with a length before it) that `endMessage` ends. Its length
    /// is written at the end; content moves when the length needs other room than `expectedBytes`
    /// does, so a fair guess saves a copy of large messages.
    mutating func beginMessage(_ number: UInt32, expectedBytes: Int = 0) -> MessageMark {
        appendTag(number, .lengthDelimited)
        let mark = MessageMark(lengthOffset: count, lengthBytes: Self.varintBytes(UInt64(expectedBytes)))
        resize(to: count + mark.lengthBytes)
        return mark
    }

    mutating func endMessage(_ mark: MessageMark) {
        let start = mark.lengthOffset + mark.lengthBytes
        let length = count - start
        let needed = Self.varintBytes(UInt64(length))
        if needed != mark.lengthBytes {
            moveTail(from: start, to: mark.lengthOffset + needed)
        }
        var rest = UInt64(length)
        var bytes = mutableSpan
        for index in 0..<needed {
            let more: UInt8 = index < needed - 1 ? 0x80 : 0
            bytes.storeBytes(
                of: UInt8(truncatingIfNeeded: rest) & 0x7F | more, toByteOffset: mark.lengthOffset + index,
                as: UInt8.self)
            rest >>= 7
        }
    }

    static func varintBytes(_ value: UInt64) -> Int {
        // Seven bits a byte; 0 takes one byte too.
        (63 - (value | 1).leadingZeroBitCount) / 7 + 1
    }

    /// Moves the content from `source` on so that it begins at `target`.
    private mutating func moveTail(from source: Int, to target: Int) {
        let length = count - source
        if target > source { resize(to: target + length) }
        // Both ranges lie within the content; copying is as memmove does it.
        unsafe (baseAddress + target).copyMemory(from: baseAddress + source, byteCount: length)
        if target < source { resize(to: target + length) }
    }
}

/// Where a message's length is to be written.
struct MessageMark {
    var lengthOffset: Int
    var lengthBytes: Int
}
