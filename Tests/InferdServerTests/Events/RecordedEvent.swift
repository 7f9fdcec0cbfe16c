import InferdBase
import InferdJournal
import InferdWire

/// An event as it lies in a spool.
struct RecordedEvent {
    let kind: UInt8
    let bytes: [UInt8]

    /// All events of a spool, in order.
    static func all(in path: String) throws -> [RecordedEvent] {
        var reader = SpoolReader(directory: try SpoolDirectory(path: path))
        var block = SpoolBlock()
        var events: [RecordedEvent] = []
        while try reader.next(into: &block) == .block {
            for record in block.records {
                let payload = block.payload(of: record)
                events.append(
                    RecordedEvent(kind: record.kind, bytes: unsafe payload.withUnsafeBytes { unsafe Array($0) }))
            }
        }
        return events
    }

    /// nil: it is none.
    var accuracy: AccuracyEventValues? {
        get throws {
            guard kind == EventKind.accuracy.rawValue else { return nil }
            return try unsafe AccuracyEventReader.read(bytes.span.bytes)
        }
    }

    /// The series and the values of a forecast; nil: it is none.
    var forecast: (series: String, values: [Double])? {
        get throws {
            guard kind == EventKind.prediction.rawValue else { return nil }
            let reader = try unsafe PredictionEventReader(bytes.span.bytes)
            var values: [Double] = []
            for point in 0..<reader.pointCount { values.append(reader.value(at: point)) }
            let series = reader.headers.seriesID
            return (unsafe series.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }, values)
        }
    }
}
