internal import InferdBase
package import InferdJournal
internal import InferdWire

/// The events of all rings, as they are published. What a `ScoredPrediction` holds beside its event stays here:
/// earlier forecasts are scored against it when the record is taken, if they are to be, and the scores' events come
/// next, out of a ring of their own.
///
/// Rings that other lives have left are published and not scored, because what they hold may have been scored
/// already: so each forecast is scored at most once, and a life begins without any that wait.
package struct ScoredEvents: EventSource, ~Copyable {
    /// A record and where it lies.
    package enum Record: Sendable {
        case event(RingEvents.Record)
        case score(RingRecord)
    }

    private var events: RingEvents
    /// nil: forecasts are not scored.
    private let scorer: ForecastScorer?
    /// The ring of scores' events.
    private let scores: RingFeed?
    private var hasNews = false

    /// Forecasts are not scored.
    package init(_ events: consuming RingEvents) {
        self.events = events
        scorer = nil
        scores = nil
    }

    /// - Parameter ring: for the events of scores; this value takes both of its ends.
    package init(_ events: consuming RingEvents, scoring configuration: AccuracyConfiguration, into ring: RingFile) {
        self.events = events
        scorer = ForecastScorer(configuration, ring: ring)
        scores = RingFeed(ring)
    }

    /// What was scored, if there is anything new.
    package mutating func takeSummary() -> AccuracySummary? {
        defer { hasNews = false }
        return hasNews ? scorer?.summary : nil
    }

    package mutating func next() -> Record? {
        // Scores first: however many events there are, the scores' ring does not fill up behind them.
        if let record = scores?.consumer.next() { return .score(record) }
        return events.next().map(Record.event)
    }

    @_lifetime(borrow self)
    package func payload(of record: Record) -> RawSpan {
        switch record {
        case .event(let record):
            let payload = events.payload(of: record)
            guard events.kind(of: record) == ScoredPrediction.recordKind,
                let event = ScoredPrediction.event(in: payload)
            else { return payload }
            return event
        case .score(let record):
            guard let scores else { preconditionFailure("the record of another source") }
            // Sound: the bytes stay where they are until the record is delivered, and the feed, which keeps the ring
            // mapped, lives as long as this value.
            let span = unsafe RawSpan(_unsafeBytes: scores.consumer.bytes(of: record))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    package func kind(of record: Record) -> UInt8 {
        switch record {
        case .event(let record):
            let kind = events.kind(of: record)
            guard kind == ScoredPrediction.recordKind, ScoredPrediction.event(in: events.payload(of: record)) != nil
            else { return kind }
            return EventKind.prediction.rawValue
        case .score(let record):
            return record.kind
        }
    }

    package mutating func advance(past record: Record) {
        switch record {
        case .event(let record):
            events.advance(past: record)
            score(record)
        case .score(let record):
            scores?.consumer.advance(past: record)
        }
    }

    private mutating func score(_ record: RingEvents.Record) {
        guard let scorer, events.kind(of: record) == ScoredPrediction.recordKind, !events.isRecovered(record) else {
            return
        }
        if scorer.take(events.payload(of: record), ring: record.ring, ticket: record.record.ticket) { hasNews = true }
    }

    package mutating func markDelivered(_ record: Record) {
        switch record {
        case .event(let record): events.markDelivered(record)
        case .score(let record): scores?.consumer.markDelivered(record.ticket)
        }
    }

    package mutating func rewind() {
        events.rewind()
        scores?.consumer.rewind()
    }

    package mutating func release() {
        events.release()
        scores?.consumer.release()
    }

    package var pendingRecords: Int { events.pendingRecords + Int(scores?.consumer.pendingRecords ?? 0) }

    /// The ring of scores presses nobody: what finds no room in it is left out.
    package var isPressed: Bool { events.isPressed }

    /// Recovered rings of which nothing is left to deliver; each is told once, and may be removed.
    package mutating func takeEmptied() -> [RingFile] { events.takeEmptied() }

    /// Has what the rings hold written to the disk.
    package func synchronize() throws(RingError) {
        try events.synchronize()
        try scores?.consumer.synchronize()
    }
}
