/// Just enough of the protobuf encoding to write the requests and the model that are measured.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ field: Int, _ value: UInt64) {
        appendVarint(UInt64(field) << 3)
        appendVarint(value)
    }

    mutating func bytes(_ field: Int, _ value: [UInt8]) {
        appendVarint(UInt64(field) << 3 | 2)
        appendVarint(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ field: Int, _ value: String) {
        bytes(field, Array(value.utf8))
    }

    mutating func fixed64(_ field: Int, _ value: UInt64) {
        appendVarint(UInt64(field) << 3 | 1)
        appendLittleEndian(value)
    }

    /// Packed.
    mutating func doubles(_ field: Int, _ values: [Double]) {
        appendVarint(UInt64(field) << 3 | 2)
        appendVarint(UInt64(values.count * 8))
        for value in values { appendLittleEndian(value.bitPattern) }
    }

    mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        bytes(field, inner.bytes)
    }

    private mutating func appendLittleEndian(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
