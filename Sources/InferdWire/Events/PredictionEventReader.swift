/// Reads a `PredictionEvent`. Borrows its bytes; what is not asked for is checked, but not copied.
package struct PredictionEventReader: ~Escapable {
    package let headers: EventHeaders
    package let windowEndMicroseconds: Int64
    package let horizon: UInt32
    package let metrics: MetricValues?
    package let createdMicroseconds: Int64
    package let filledPoints: UInt32
    private let bytes: RawSpan
    private let timestamps: Range<Int>
    private let values: Range<Int>

    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) throws(EventError) {
        headers = try EventHeaders(kind: .prediction, bytes)
        self.bytes = bytes
        var found = Found()
        try EventFields.forEach(in: bytes) { field throws(EventError) in
            try found.read(field, of: bytes)
        }
        guard found.timestamps.count == found.values.count else {
            throw EventError("\(found.timestamps.count / 8) time stamps for \(found.values.count / 8) values")
        }
        windowEndMicroseconds = found.windowEnd
        horizon = found.horizon
        metrics = found.metrics
        createdMicroseconds = found.created
        filledPoints = found.filledPoints
        timestamps = found.timestamps
        values = found.values
    }

    private struct Found {
        var windowEnd: Int64 = 0
        var horizon: UInt32 = 0
        var timestamps = 0..<0
        var values = 0..<0
        var metrics: MetricValues?
        var created: Int64 = 0
        var filledPoints: UInt32 = 0

        mutating func read(_ field: WireField, of bytes: RawSpan) throws(EventError) {
            switch field.number {
            case 6: windowEnd = try EventFields.signed64(field)
            case 7: horizon = try EventFields.unsigned32(field)
            case 8: timestamps = try EventFields.packed64(field)
            case 9: values = try EventFields.packed64(field)
            case 10: _ = try PredictionEventReader.quantile(bytes.extracting(EventFields.content(field)))
            case 11: metrics = try EventFields.metrics(bytes.extracting(EventFields.content(field)))
            case 14: created = try EventFields.signed64(field)
            case 15: filledPoints = try EventFields.unsigned32(field)
            default: break
            }
        }
    }

    /// Points of the forecast.
    package var pointCount: Int { values.count / 8 }

    package func timestampMicroseconds(at point: Int) -> Int64 {
        Int64(bitPattern: bits(at: point, of: timestamps))
    }

    package func value(at point: Int) -> Double {
        Double(bitPattern: bits(at: point, of: values))
    }

    private func bits(at point: Int, of range: Range<Int>) -> UInt64 {
        precondition(point >= 0 && point < range.count / 8)
        // Sound: the range lies within the bytes, and the eight bytes within the range.
        return unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound + point * 8, as: UInt64.self))
    }

    /// The quantiles, in the order in which they were asked for.
    package func quantiles() throws(EventError) -> [ForecastValues.Quantile] {
        var quantiles: [ForecastValues.Quantile] = []
        try EventFields.forEach(in: bytes) { field throws(EventError) in
            guard field.number == 10 else { return }
            let message = bytes.extracting(try EventFields.content(field))
            let (level, values) = try Self.quantile(message)
            quantiles.append(
                .init(
                    level: level,
                    values: stride(from: values.lowerBound, to: values.upperBound, by: 8).map { offset in
                        // Sound: the range lies within the message.
                        unsafe Double(
                            bitPattern: UInt64(
                                littleEndian: message.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                    }))
        }
        return quantiles
    }

    private static func quantile(_ message: RawSpan) throws(EventError) -> (level: Double, values: Range<Int>) {
        var level = 0.0
        var values = 0..<0
        try EventFields.forEach(in: message) { field throws(EventError) in
            switch field.number {
            case 1: level = try EventFields.double(field)
            case 2: values = try EventFields.packed64(field)
            default: break
            }
        }
        return (level, values)
    }
}
