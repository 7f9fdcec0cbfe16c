/// Writes an `AccuracyEvent` into room that was reserved for it.
package enum AccuracyEventEncoder {
    /// Event id 37, metrics 51, and a tag with a number of at most ten bytes for each other field, rounded up.
    private static let fixedBytes = 192

    /// Bytes that an event takes at most.
    package static func encodedByteBound(modelBytes: Int, seriesIDBytes: Int) -> Int {
        fixedBytes + modelBytes + seriesIDBytes
    }

    /// - Parameter room: at least `encodedByteBound` bytes.
    /// - Returns: how many bytes were written.
    package static func encode(_ event: AccuracyEventValues, into room: consuming MutableRawSpan) -> Int {
        var writer = FieldWriter(room)
        writer.writeEventID(1, event.eventID)
        unsafe writer.writeField(2, event.model.utf8Span.span.bytes)
        writer.writeField(3, varint: event.version)
        unsafe writer.writeField(4, event.seriesID.utf8Span.span.bytes)
        writer.writeField(5, varint: UInt64(event.horizon.lowerBound))
        writer.writeField(6, varint: UInt64(event.horizon.upperBound))
        writer.writeField(7, varint: UInt64(event.points))
        writer.writeMetric(8, event.mae)
        writer.writeMetric(9, event.smape)
        writer.writeMetric(10, event.coverage)
        writer.writeField(11, fixed64: UInt64(bitPattern: event.createdMicroseconds))
        return writer.count
    }
}
