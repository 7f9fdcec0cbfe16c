import InferdBase
import InferdJournal
import InferdWire

/// The predictions in a folder of events, as its spool holds them.
struct RecordedEvents {
    struct Prediction: Equatable {
        var id: String
        var producer: UInt32
        var sequence: UInt64
        var model: String
        var seriesID: String
        var traceparent: String
        var values: [Double]
        var timestamps: [Int64]
    }

    private(set) var predictions: [Prediction] = []
    let report: SpoolReport

    init(folder: String) throws {
        var reader = SpoolReader(directory: try SpoolDirectory(path: EventFolder(folder).spool))
        var block = SpoolBlock()
        reading: while true {
            switch try reader.next(into: &block) {
            case .block:
                for record in block.records where record.kind == EventKind.prediction.rawValue {
                    predictions.append(try Self.prediction(block.payload(of: record)))
                }
            case .damaged: continue
            case .end: break reading
            }
        }
        report = reader.report
    }

    private static func prediction(_ bytes: RawSpan) throws -> Prediction {
        let event = try PredictionEventReader(bytes)
        let headers = event.headers
        return Prediction(
            id: headers.eventID.text, producer: headers.eventID.producer, sequence: headers.eventID.sequence,
            model: text(headers.model), seriesID: text(headers.seriesID), traceparent: text(headers.traceparent),
            values: (0..<event.pointCount).map { event.value(at: $0) },
            timestamps: (0..<event.pointCount).map { event.timestampMicroseconds(at: $0) })
    }

    private static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
