internal import InferdBase
internal import InferdWire

/// Makes messages of the journal's records: the event's own bytes, or the same as JSON.
package struct JournalFormat: EventFormat, ~Copyable {
    package enum Encoding: String, Sendable, CaseIterable {
        case protobuf
        case json
    }

    private let encoding: Encoding

    package init(_ encoding: Encoding) {
        self.encoding = encoding
    }

    package mutating func fill(_ message: inout KafkaMessage, kind: UInt8, payload: RawSpan) -> Bool {
        guard let kind = EventKind(rawValue: kind) else { return false }
        do throws(EventError) {
            try describe(payload, kind, in: &message)
            switch encoding {
            case .protobuf: message.payload.append(payload)
            case .json: try EventJSON.append(kind, payload, to: &message.payload)
            }
            return true
        } catch {
            return false
        }
    }

    private func describe(
        _ payload: RawSpan, _ kind: EventKind, in message: inout KafkaMessage
    ) throws(EventError) {
        let headers = try EventHeaders(kind: kind, payload)
        message.key.append(headers.seriesID)
        message.set(.model, to: headers.model)
        message.set(.traceparent, to: headers.traceparent)
        Self.set(.version, to: String(headers.version), in: &message)
        Self.set(.eventID, to: headers.eventID.text, in: &message)
        message.createdMicroseconds =
            switch kind {
            case .prediction: try PredictionEventReader(payload).createdMicroseconds
            case .accuracy: try AccuracyEventReader.read(payload).createdMicroseconds
            }
    }

    private static func set(_ header: KafkaMessage.Header, to text: String, in message: inout KafkaMessage) {
        let utf8 = Array(text.utf8)
        unsafe message.set(header, to: utf8.span.bytes)
    }
}
