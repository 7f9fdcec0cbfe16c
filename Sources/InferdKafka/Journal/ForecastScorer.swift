internal import InferdBase
internal import InferdJournal
internal import InferdWire

/// Scores the forecasts that pass by and writes an event of each score into a ring. One thread's, which reads that
/// ring, too.
final class ForecastScorer {
    private var tracker: AccuracyTracker
    private var producer: RingProducer
    private var committed: UInt64 = 0
    private var dropped: UInt64 = 0
    /// By place of the ring: the ticket of the last record that was taken. Tickets rise, and a record that is shown
    /// again must not count again.
    private var lastTickets: [Int: UInt64] = [:]
    // Kept for their memory.
    private var window = ObservedWindow(series: SeriesName(id: "", quantity: 0))
    private var forecast = TrackedForecast(model: ModelVersion(name: "", version: 0), windowEndMicroseconds: 0)

    init(_ configuration: AccuracyConfiguration, ring: RingFile) {
        tracker = AccuracyTracker(configuration)
        producer = RingProducer(ring)
    }

    var summary: AccuracySummary {
        AccuracySummary(scores: tracker.scores, committed: committed, dropped: dropped)
    }

    /// Takes a `ScoredPrediction`, unless it was taken before.
    /// - Returns: whether anything was scored.
    func take(_ record: RawSpan, ring: Int, ticket: UInt64) -> Bool {
        if let last = lastTickets[ring], ticket <= last { return false }
        lastTickets[ring] = ticket
        guard let event = ScoredPrediction.event(in: record), let observations = ObservationReader(record) else {
            return false
        }
        do throws(EventError) {
            let prediction = try PredictionEventReader(event)
            try fillForecast(prediction)
            fillWindow(observations, prediction.headers)
        } catch {
            return false
        }
        let scores = tracker.take(&window, forecast)
        for score in scores { publish(score) }
        return !scores.isEmpty
    }

    private func fillWindow(_ observations: ObservationReader, _ headers: EventHeaders) {
        window.series = SeriesName(id: Self.text(headers.seriesID), quantity: observations.quantity)
        window.toleranceMicroseconds = observations.toleranceMicroseconds
        window.removeAll()
        for index in 0..<observations.count {
            window.add(
                timeMicroseconds: observations.timeMicroseconds(at: index), value: observations.value(at: index))
        }
    }

    private func fillForecast(_ prediction: borrowing PredictionEventReader) throws(EventError) {
        forecast.model = ModelVersion(
            name: Self.text(prediction.headers.model), version: prediction.headers.version)
        forecast.windowEndMicroseconds = prediction.windowEndMicroseconds
        forecast.removeAll()
        let quantiles = try prediction.quantiles()
        let lowest = quantiles.min { $0.level < $1.level }
        let highest = quantiles.max { $0.level < $1.level }
        for point in 0..<prediction.pointCount {
            var bounds = (lower: Double.nan, upper: Double.nan)
            if let lowest, let highest, lowest.level < highest.level, point < lowest.values.count,
                point < highest.values.count
            {
                bounds = (lowest.values[point], highest.values[point])
            }
            forecast.add(
                timeMicroseconds: prediction.timestampMicroseconds(at: point), value: prediction.value(at: point),
                lower: bounds.lower, upper: bounds.upper)
        }
    }

    private func publish(_ score: AccuracyScore) {
        let bound = AccuracyEventEncoder.encodedByteBound(
            modelBytes: score.model.name.utf8.count, seriesIDBytes: window.series.id.utf8.count)
        guard let reservation = producer.reserve(byteCount: bound) else {
            dropped += 1
            return
        }
        let identity = producer.identity
        var event = AccuracyEventValues(
            eventID: EventIdentifier(
                bootIDHigh: identity.bootID.high, bootIDLow: identity.bootID.low, producer: identity.producer,
                sequence: producer.nextEventSequence))
        event.model = score.model.name
        event.version = score.model.version
        event.seriesID = window.series.id
        event.horizon = score.horizon
        event.points = UInt32(score.sums.points)
        event.mae = MetricValue(value: score.sums.mae, points: event.points)
        event.smape = MetricValue(value: score.sums.smape, points: event.points)
        event.coverage = score.sums.coverage.map {
            MetricValue(value: $0, points: UInt32(score.sums.boundedPoints))
        }
        event.createdMicroseconds = WallClock.now()
        let byteCount = AccuracyEventEncoder.encode(event, into: producer.payload(of: reservation))
        producer.commit(reservation, kind: EventKind.accuracy.rawValue, byteCount: byteCount)
        committed += 1
    }

    private static func text(_ bytes: RawSpan) -> String {
        // Sound: copied while the bytes are lent.
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
