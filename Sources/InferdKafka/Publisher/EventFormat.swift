internal import InferdBase

/// Makes messages of recorded events.
package protocol EventFormat: ~Copyable {
    /// Fills `message`, which is empty. False: the payload is no event.
    mutating func fill(_ message: inout KafkaMessage, kind: UInt8, payload: RawSpan) -> Bool
}
