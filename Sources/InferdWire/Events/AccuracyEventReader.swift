/// Reads an `AccuracyEvent`.
package enum AccuracyEventReader {
    package static func read(_ bytes: RawSpan) throws(EventError) -> AccuracyEventValues {
        let headers = try EventHeaders(kind: .accuracy, bytes)
        var event = AccuracyEventValues(eventID: headers.eventID)
        event.model = EventFields.text(headers.model)
        event.version = headers.version
        event.seriesID = EventFields.text(headers.seriesID)
        var first: UInt32 = 0
        var last: UInt32 = 0
        try EventFields.forEach(in: bytes) { field throws(EventError) in
            switch field.number {
            case 5: first = try EventFields.unsigned32(field)
            case 6: last = try EventFields.unsigned32(field)
            case 7: event.points = try EventFields.unsigned32(field)
            case 8: event.mae = try EventFields.metric(bytes.extracting(EventFields.content(field)))
            case 9: event.smape = try EventFields.metric(bytes.extracting(EventFields.content(field)))
            case 10: event.coverage = try EventFields.metric(bytes.extracting(EventFields.content(field)))
            case 11: event.createdMicroseconds = try EventFields.signed64(field)
            default: break
            }
        }
        guard first >= 1, first <= last else { throw EventError("no steps ahead: \(first) to \(last)") }
        event.horizon = first...last
        return event
    }
}
