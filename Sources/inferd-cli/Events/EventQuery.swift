import InferdBase
import InferdWire

/// Which events are wanted.
struct EventQuery {
    /// UTF-8; nil: of every model.
    var model: [UInt8]?
    /// UTF-8; nil: of every series.
    var series: [UInt8]?
    /// Microseconds since 1970-01-01T00:00:00Z; nil: of every age.
    var earliestMicroseconds: Int64?

    /// Whether the event whose bytes are `event` is wanted. Throws when it is none.
    func wants(_ kind: EventKind, _ event: RawSpan) throws(EventError) -> Bool {
        let headers = try EventHeaders(kind: kind, event)
        if let model, unsafe !headers.model.holdsSameBytes(as: model.span.bytes) { return false }
        if let series, unsafe !headers.seriesID.holdsSameBytes(as: series.span.bytes) { return false }
        guard let earliestMicroseconds else { return true }
        let created =
            switch kind {
            case .prediction: try PredictionEventReader(event).createdMicroseconds
            case .accuracy: try AccuracyEventReader.read(event).createdMicroseconds
            }
        return created >= earliestMicroseconds
    }
}
