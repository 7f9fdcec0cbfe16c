import InferdWire

/// Predictions as comma-separated values: one line for each point, and one for each quantile of it. Times are
/// in UTC, values in full. Other events have no points.
struct EventPoints: EventFormatter {
    let heading = "event_id,created,model,version,series_id,window_end,time,quantile,value\n"

    func text(of kind: EventKind, _ event: RawSpan, deadLetterReason: String) throws(EventError) -> String {
        guard kind == .prediction else { return "" }
        let prediction = try PredictionEventReader(event)
        let headers = prediction.headers
        let start = [
            headers.eventID.text, EventTime.text(prediction.createdMicroseconds), CSVText.field(headers.modelName),
            "\(headers.version)", CSVText.field(headers.seriesName), EventTime.text(prediction.windowEndMicroseconds),
        ].joined(separator: ",")
        let quantiles = try prediction.quantiles()
        var text = ""
        for point in 0..<prediction.pointCount {
            let time = EventTime.text(prediction.timestampMicroseconds(at: point))
            text += "\(start),\(time),,\(prediction.value(at: point))\n"
            for quantile in quantiles where point < quantile.values.count {
                text += "\(start),\(time),\(quantile.level),\(quantile.values[point])\n"
            }
        }
        return text
    }
}
