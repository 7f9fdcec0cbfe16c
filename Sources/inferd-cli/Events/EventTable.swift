import InferdWire

/// Events for a person: one line each. Columns have a width from the start, because the last events may not have
/// happened yet; longer texts push what follows.
struct EventTable: EventFormatter {
    private static let widths = [27, 16, 20]

    var heading: String { Self.line(["created", "model", "series"], "event") }

    func text(of kind: EventKind, _ event: RawSpan, deadLetterReason: String) throws(EventError) -> String {
        let (created, summary): (Int64, String)
        let headers = try EventHeaders(kind: kind, event)
        switch kind {
        case .prediction:
            let prediction = try PredictionEventReader(event)
            (created, summary) = (prediction.createdMicroseconds, Self.summary(prediction))
        case .accuracy:
            let accuracy = try AccuracyEventReader.read(event)
            (created, summary) = (accuracy.createdMicroseconds, Self.summary(accuracy))
        }
        let reason = deadLetterReason.isEmpty ? "" : "; not published: \(deadLetterReason)"
        let cells = [EventTime.text(created), "\(headers.modelName) \(headers.version)", headers.seriesName]
        return Self.line(cells, summary + reason)
    }

    private static func summary(_ prediction: borrowing PredictionEventReader) -> String {
        let count = prediction.pointCount
        guard count > 0 else { return "no points" }
        let first = Numbers.significant(prediction.value(at: 0), digits: 5)
        var text = "\(count) points from \(EventTime.text(prediction.timestampMicroseconds(at: 0))): \(first)"
        if count > 1 { text += " to \(Numbers.significant(prediction.value(at: count - 1), digits: 5))" }
        if let mae = prediction.metrics?.mae { text += ", MAE \(Numbers.significant(mae.value, digits: 4))" }
        return text
    }

    private static func summary(_ accuracy: AccuracyEventValues) -> String {
        var text = "accuracy \(accuracy.horizon.lowerBound) to \(accuracy.horizon.upperBound) steps ahead"
        let metrics = [("MAE", accuracy.mae), ("sMAPE", accuracy.smape), ("coverage", accuracy.coverage)]
        for (name, metric) in metrics {
            if let metric { text += ", \(name) \(Numbers.significant(metric.value, digits: 4))" }
        }
        return text
    }

    private static func line(_ cells: [String], _ last: String) -> String {
        let padded = zip(cells, widths).map { cell, width in
            let text = printable(cell)
            return text + String(repeating: " ", count: max(0, width - text.count))
        }
        return padded.joined(separator: "  ") + "  \(printable(last))\n"
    }

    /// Without what would move a terminal's cursor or worse: names come from whoever asked.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isPrintable ? $0 : "\u{FFFD}" }))
    }
}

extension Unicode.Scalar.Properties {
    /// Shows as itself and changes nothing else.
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
