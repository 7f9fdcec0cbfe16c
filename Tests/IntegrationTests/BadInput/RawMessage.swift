/// Bytes of protobuf fields, for messages that no encoder of ours writes.
enum RawMessage {
    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func field(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        varint(number << 3) + varint(value)
    }

    static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(content.count)) + content
    }

    static func field(_ number: UInt64, _ text: String) -> [UInt8] {
        field(number, Array(text.utf8))
    }

    /// A request's message.
    /// - Parameter kind: number of the body's field.
    static func request(id: UInt64, model: String = "", _ kind: UInt64, _ body: [UInt8]) -> [UInt8] {
        field(1, id) + (model.isEmpty ? [] : field(4, model)) + field(kind, body)
    }
}
