/// Whether a reply of the daemon is what was asked for. Like the requests, it is read here and not by
/// the code under test.
enum ReplyCheck {
    /// Throws when the reply, a whole frame, bears an error.
    static func requireOK(_ frame: [UInt8], from what: String) throws(BenchError) {
        guard let status = field(2, of: frame.dropFirst(5)), let code = number(1, of: status), code != 0 else { return }
        throw BenchError("the daemon refuses \(what): \(summary(of: frame))")
    }

    /// The status in words, for messages.
    static func summary(of frame: [UInt8]) -> String {
        guard let status = field(2, of: frame.dropFirst(5)) else { return "no status" }
        let message = field(2, of: status).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return "status \(number(1, of: status) ?? 0) \(message)"
    }

    private static func field(_ wanted: UInt64, of message: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        value(wanted, of: message)?.bytes
    }

    private static func number(_ wanted: UInt64, of message: ArraySlice<UInt8>) -> UInt64? {
        value(wanted, of: message)?.number
    }

    /// The first field numbered `wanted`, as far as the message can be read.
    private static func value(
        _ wanted: UInt64, of message: ArraySlice<UInt8>
    ) -> (number: UInt64, bytes: ArraySlice<UInt8>)? {
        var rest = message
        while let tag = varint(&rest) {
            var number: UInt64 = 0
            var bytes: ArraySlice<UInt8> = []
            switch tag & 7 {
            case 0:
                guard let value = varint(&rest) else { return nil }
                number = value
            case 2:
                guard let count = varint(&rest), count <= UInt64(rest.count) else { return nil }
                bytes = rest.prefix(Int(count))
                rest = rest.dropFirst(Int(count))
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            default: return nil
            }
            if tag >> 3 == wanted { return (number, bytes) }
        }
        return nil
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
