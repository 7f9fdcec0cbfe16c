internal import InferdBase

/// Writes a `PredictionEvent` into room that was reserved for it. Allocates nothing.
package enum PredictionEventEncoder {
    /// Tags, lengths and all fields of fixed size, rounded up: event id 37, key 18, metrics 104, receipt 86, and
    /// a tag with a number of at most ten bytes for each other field.
    private static let fixedBytes = 384
    /// Of a quantile, beside its values: two heads and the level.
    private static let quantileBytes = 24

    /// Bytes that an event takes at most, known before the forecast is: what is to be reserved.
    /// - Parameter historyBytes: of the request's encoded history; 0 when events do not hold it.
    package static func encodedByteBound(
        modelBytes: Int, seriesIDBytes: Int, traceparentBytes: Int, horizon: Int, quantiles: Int, historyBytes: Int = 0
    ) -> Int {
        fixedBytes + modelBytes + seriesIDBytes + traceparentBytes + horizon * 16
            + quantiles * (quantileBytes + horizon * 8) + historyBytes
    }

    /// - Parameters:
    ///   - history: the request's `History`, encoded as it came; empty when events do not hold it.
    ///   - room: at least `encodedByteBound` bytes.
    /// - Returns: how many bytes were written.
    package static func encode(
        _ event: borrowing PredictionEventContent, history: RawSpan, into room: consuming MutableRawSpan
    ) -> Int {
        var writer = FieldWriter(room)
        writer.writeEventID(1, event.eventID)
        writer.writeField(2, high: event.predictionKey.high, low: event.predictionKey.low)
        writer.writeField(3, event.model)
        writer.writeField(4, varint: event.version)
        writer.writeField(5, event.seriesID)
        writer.writeField(6, fixed64: UInt64(bitPattern: event.windowEndMicroseconds))
        writer.writeField(7, varint: UInt64(event.values.count))
        unsafe writer.writeField(8, event.timestamps.bytes)
        unsafe writer.writeField(9, event.values.bytes)
        let horizon = event.values.count
        for index in event.quantileLevels.indices {
            let values = event.quantileValues.extracting(index * horizon..<(index + 1) * horizon)
            writeQuantile(event.quantileLevels[index], values, to: &writer)
        }
        if let metrics = event.metrics { writer.writeMetrics(11, metrics) }
        writer.writeReceipt(12, event.receipt)
        writer.writeField(13, event.traceparent)
        writer.writeField(14, fixed64: UInt64(bitPattern: event.createdMicroseconds))
        writer.writeField(15, varint: UInt64(event.filledPoints))
        writer.writeField(16, history)
        return writer.count
    }

    @_lifetime(writer: copy writer)
    private static func writeQuantile(_ level: Double, _ values: Span<Double>, to writer: inout FieldWriter) {
        let valueBytes = values.count * 8
        let levelField = level == 0 ? 0 : 9
        let valuesField = valueBytes == 0 ? 0 : 1 + OwnedBytes.varintBytes(UInt64(valueBytes)) + valueBytes
        writer.writeLength(10, levelField + valuesField)
        writer.writeField(1, fixed64: level.bitPattern)
        unsafe writer.writeField(2, values.bytes)
    }
}
