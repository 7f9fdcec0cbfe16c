import InferdBase
import InferdWire

/// An event as a forecast of a day has: what the benchmarks of events write.
struct SampleEvent {
    private let model = Array("jfk-temperature".utf8)
    private let seriesID = Array("jfk".utf8)
    private var timestamps: [Int64]
    private let values: [Double]

    init(horizon: Int) {
        timestamps = (0..<horizon).map { 1_384_664_400_000_000 + Int64($0) * 3_600_000_000 }
        values = (0..<horizon).map { 45 + Double($0 * 37 % 101) / 7 }
    }

    /// Bytes that any of these takes at most.
    var byteBound: Int {
        PredictionEventEncoder.encodedByteBound(
            modelBytes: model.count, seriesIDBytes: seriesID.count, traceparentBytes: 0, horizon: values.count,
            quantiles: 0)
    }

    /// Writes the event numbered `sequence`; no two are alike. Returns its bytes.
    func write(_ sequence: UInt64, into room: consuming MutableRawSpan) -> Int {
        // Bytes and numbers: none of them is padding.
        var content = unsafe PredictionEventContent(
            eventID: EventIdentifier(bootIDHigh: 1, bootIDLow: 2, producer: 0, sequence: sequence),
            predictionKey: ContentHash(low: sequence &* 0x9E37_79B9_7F4A_7C15, high: sequence), model: model.span.bytes,
            version: 1, seriesID: seriesID.span.bytes, timestamps: timestamps.span, values: values.span,
            quantileLevels: Span(), quantileValues: Span(), traceparent: RawSpan())
        content.windowEndMicroseconds = 1_384_660_800_000_000
        content.createdMicroseconds = 1_384_660_800_000_000 + Int64(sequence)
        return PredictionEventEncoder.encode(content, history: RawSpan(), into: room)
    }
}
