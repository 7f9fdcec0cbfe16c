internal import InferdBase

/// JSON's values (RFC 8259).
extension OwnedBytes {
    mutating func appendJSON(number: some FixedWidthInteger) {
        appendASCII(String(number))
    }

    /// The shortest decimal that reads back as the same number.
    mutating func appendJSON(number: some BinaryFloatingPoint & CustomStringConvertible) {
        appendASCII(number.isFinite ? number.description : "null")
    }

    mutating func appendJSON(text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                appendASCII("\\u00")
                appendHexadecimal(byte)
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// A text of the bytes' hexadecimal digits.
    mutating func appendJSON(hexadecimal bytes: RawSpan) {
        append(UInt8(ascii: "\""))
        for offset in bytes.byteOffsets {
            // Sound: within the span.
            appendHexadecimal(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
        append(UInt8(ascii: "\""))
    }

    /// An array of the values of eight bytes, little-endian, in `list`; `element` appends each.
    mutating func appendJSON(list: RawSpan, _ element: (inout OwnedBytes, UInt64) -> Void) {
        append(UInt8(ascii: "["))
        for offset in stride(from: 0, to: list.byteCount, by: 8) {
            if offset > 0 { append(UInt8(ascii: ",")) }
            precondition(offset + 8 <= list.byteCount)
            // Sound: just checked.
            element(
                &self,
                unsafe UInt64(littleEndian: list.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        }
        append(UInt8(ascii: "]"))
    }

    private mutating func appendHexadecimal(_ byte: UInt8) {
        appendDigit(byte >> 4)
        appendDigit(byte & 15)
    }

    private mutating func appendDigit(_ digit: UInt8) {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }

    private mutating func appendASCII(_ text: String) {
        for byte in text.utf8 { append(byte) }
    }
}
