/// Writes a message as Google's decoder writes what it has read. Written apart from the encoders of
/// `InferdWire`, so that a mistake there cannot hide one in its decoders.
struct CanonicalMessage {
    private(set) var bytes: [UInt8] = []

    private mutating func append(varint value: UInt64) {
        var rest = value
        repeat {
            bytes.append(UInt8(rest % 128) + (rest >= 128 ? 128 : 0))
            rest /= 128
        } while rest > 0
    }

    /// A number that is left out when it is 0.
    mutating func add(_ field: UInt64, varint value: UInt64) {
        if value == 0 { return }
        append(varint: field * 8)
        append(varint: value)
    }

    mutating func add(_ field: UInt64, flag: Bool) {
        add(field, varint: flag ? 1 : 0)
    }

    mutating func add(_ field: UInt64, fixed value: Int64) {
        if value == 0 { return }
        append(varint: field * 8 + 1)
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
    }

    /// Text or bytes that are left out when empty.
    mutating func add(_ field: UInt64, _ content: some Collection<UInt8>) {
        if !content.isEmpty { addElement(field, content) }
    }

    /// What stands there even when empty: a message, or an element of a repeated field.
    mutating func addElement(_ field: UInt64, _ content: some Collection<UInt8>) {
        append(varint: field * 8 + 2)
        append(varint: UInt64(content.count))
        bytes += content
    }

    mutating func add(_ field: UInt64, packed values: some Collection<Double>) {
        add(field, packedBits: values.map(\.bitPattern))
    }

    mutating func add(_ field: UInt64, packed values: some Collection<Int64>) {
        add(field, packedBits: values.map { UInt64(bitPattern: $0) })
    }

    private mutating func add(_ field: UInt64, packedBits values: [UInt64]) {
        add(field, values.flatMap { bits in (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } })
    }

    mutating func add(_ field: UInt64, packedVarints values: some Collection<Int64>) {
        var content = CanonicalMessage()
        for value in values { content.append(varint: UInt64(bitPattern: value)) }
        add(field, content.bytes)
    }
}
