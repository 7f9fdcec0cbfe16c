import InferdBase
import InferdKafka

/// Sends a record's text as it is; one that begins with `?` is no event.
struct TextFormat: EventFormat, ~Copyable {
    mutating func fill(_ message: inout KafkaMessage, kind: UInt8, payload: RawSpan) -> Bool {
        if payload.byteCount > 0, unsafe payload.unsafeLoad(as: UInt8.self) == UInt8(ascii: "?") {
            return false
        }
        unsafe message.key.append(Array("series".utf8).span.bytes)
        message.payload.append(payload)
        return true
    }
}
