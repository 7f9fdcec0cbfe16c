import InferdBase
import InferdWire

/// An event as a forecast of a day has: what the benchmarks of events write.
struct SampleEvent {
    private let model = Array("jfk-temperature".utf8)
    private let seriesID = Array("jfk".utf8)
    private let timestamps: [Int64]
    /// Forecasts of a day that are taken in turns: none compresses as if it had been there before.
    private let forecasts: [[Double]]

    init(horizon: Int) {
        timestamps = (0..<horizon).map { 1_384_664_400_000_000 + Int64($0) * 3_600_000_000 }
        var generator = SplitMix64(seed: 1)
        forecasts = (0..<1009).map { _ in
            (0..<horizon).map { 45 + 10 * Double($0) / 24 + Double.random(in: 0..<1, using: &generator) }
        }
    }

    /// Bytes that any of these takes at most.
    var byteBound: Int {
        PredictionEventEncoder.encodedByteBound(
            modelBytes: model.count, seriesIDBytes: seriesID.count, traceparentBytes: 0, horizon: timestamps.count,
            quantiles: 0)
    }

    /// Writes the event numbered `sequence`; no two are alike. Returns its bytes.
    func write(_ sequence: UInt64, into room: consuming MutableRawSpan) -> Int {
        let values = forecasts[Int(sequence % UInt64(forecasts.count))]
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
