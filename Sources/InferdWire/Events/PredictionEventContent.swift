package import InferdBase

/// What a `PredictionEvent` says; the meaning of each field stands in `event.proto`. Borrows the texts and
/// numbers from wherever they lie.
package struct PredictionEventContent: ~Escapable {
    package let eventID: EventIdentifier
    package let predictionKey: ContentHash
    /// UTF-8.
    package let model: RawSpan
    package let version: UInt64
    /// UTF-8.
    package let seriesID: RawSpan
    /// One for each point of the forecast.
    package let timestamps: Span<Int64>
    /// As many.
    package let values: Span<Double>
    package let quantileLevels: Span<Double>
    /// For each level in turn, one value for each point.
    package let quantileValues: Span<Double>
    /// A W3C trace context.
    package let traceparent: RawSpan
    package var windowEndMicroseconds: Int64 = 0
    package var metrics: MetricValues?
    package var receipt = ReceiptValues()
    package var createdMicroseconds: Int64 = 0
    package var filledPoints: UInt32 = 0

    @_lifetime(
        copy model, copy seriesID, copy timestamps, copy values, copy quantileLevels, copy quantileValues,
        copy traceparent)
    package init(
        eventID: EventIdentifier, predictionKey: ContentHash, model: RawSpan, version: UInt64, seriesID: RawSpan,
        timestamps: Span<Int64>, values: Span<Double>, quantileLevels: Span<Double>, quantileValues: Span<Double>,
        traceparent: RawSpan
    ) {
        precondition(timestamps.count == values.count)
        precondition(quantileValues.count == quantileLevels.count * values.count)
        self.eventID = eventID
        self.predictionKey = predictionKey
        self.model = model
        self.version = version
        self.seriesID = seriesID
        self.timestamps = timestamps
        self.values = values
        self.quantileLevels = quantileLevels
        self.quantileValues = quantileValues
        self.traceparent = traceparent
    }
}
