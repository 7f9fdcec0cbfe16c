internal import InferdBase

/// One field as it stands in a message, before it is known what it means.
struct WireField {
    /// Number of the field, 1 to 2^29 - 1.
    var number: UInt32
    var type: WireType
    /// A varint's or fixed value's bits; 0 for length-delimited fields.
    var bits: UInt64 = 0
    /// Where a length-delimited field's content lies; empty otherwise.
    var content: Range<Int> = 0..<0
}

/// Why the next field cannot be read. What follows it cannot be read either.
enum WireFailure: Error {
    case truncated
    case overlongVarint
    case fieldNumberZero
    case group
    case unknownWireType(UInt32)

    init(_ error: ByteCursorError) {
        switch error {
        case .truncated: self = .truncated
        case .overlong: self = .overlongVarint
        }
    }

    var message: String {
        switch self {
        case .truncated: "the message ends within a field"
        case .overlongVarint: "a varint is longer than its kind allows"
        case .fieldNumberZero: "a field has the number 0"
        case .group: "groups are not accepted"
        case .unknownWireType(let type): "unknown wire type \(type)"
        }
    }
}

extension ByteCursor {
    /// Reads the next field; the position must not be at the end.
    @_lifetime(self: copy self)
    mutating func readField() throws(WireFailure) -> WireField {
        let tag: UInt32
        do { tag = try readVarint32() } catch { throw WireFailure(error) }
        guard tag >> 3 != 0 else { throw .fieldNumberZero }
        guard let type = WireType(rawValue: tag & 7) else {
            throw tag & 7 == 3 || tag & 7 == 4 ? .group : .unknownWireType(tag & 7)
        }
        var field = WireField(number: tag >> 3, type: type)
        do throws(ByteCursorError) {
            switch type {
            case .varint: field.bits = try readVarint()
            case .fixed64: field.bits = try readLittleEndianUInt64()
            case .fixed32: field.bits = UInt64(try readLittleEndianUInt32())
            case .lengthDelimited: field.content = try take(Int(try readVarint32()))
            }
        } catch {
            throw WireFailure(error)
        }
        return field
    }
}
