package import InferdBase

/// One message for the topic, in memory that is used for message after message.
package struct KafkaMessage: ~Copyable {
    /// What goes beside the payload, as a consumer sees it without decoding anything.
    package enum Header: Int, CaseIterable, Sendable {
        case model
        case version
        case traceparent
        case eventID

        /// As it stands in the message.
        package var name: StaticString {
            switch self {
            case .model: "model"
            case .version: "version"
            case .traceparent: "traceparent"
            case .eventID: "event_id"
            }
        }
    }

    /// Messages of one key keep their order.
    package var key = OwnedBytes()
    package var payload = OwnedBytes()
    /// When the event happened, in microseconds since 1970-01-01T00:00:00Z. Not sent: to know how far behind we
    /// are.
    package var createdMicroseconds: Int64 = 0
    private var headers = OwnedBytes()
    private var ranges = InlineArray<4, Range<Int>>(repeating: 0..<0)

    package init() {}

    /// The header's value; an empty one is not sent.
    @_lifetime(borrow self)
    package func value(of header: Header) -> RawSpan {
        headers.span.extracting(ranges[header.rawValue])
    }

    package mutating func set(_ header: Header, to value: RawSpan) {
        let start = headers.count
        headers.append(value)
        ranges[header.rawValue] = start..<headers.count
    }

    /// Makes it an empty message; keeps the memory.
    package mutating func removeAll() {
        key.removeAll()
        payload.removeAll()
        headers.removeAll()
        createdMicroseconds = 0
        ranges = InlineArray(repeating: 0..<0)
    }
}
