import InferdBase
import InferdJournal
import InferdScheduler
import InferdWire

/// Records what one thread predicts, in a ring of its own. That thread's alone.
final class EventRecorder {
    /// Whether a forecast may be computed, and where its event will go.
    enum Room {
        case reserved(RingReservation)
        /// It will have no event, which is counted.
        case none
        /// It is not to be computed without.
        case refused
    }

    /// After it, who was refused because the ring is full may try again: a publisher that is at work has made room
    /// by then.
    static let retryMilliseconds: UInt32 = 100

    private var producer: RingProducer
    private let settings: EventSettings
    private let window: DedupeWindow
    private let bootID: BootID
    private let counters: ThreadCounters

    init(
        _ ring: RingFile, settings: EventSettings, window: DedupeWindow, counters: ThreadCounters
    ) {
        producer = RingProducer(ring)
        self.settings = settings
        self.window = window
        bootID = ring.identity.bootID
        self.counters = counters
    }

    /// Reserves room for the event of a forecast before it is computed.
    /// - Parameter steps: of the forecast.
    func reserve(_ shape: PredictShape, steps: Int, model: ServedModel, traceparentBytes: Int) -> Room {
        var bound = PredictionEventEncoder.encodedByteBound(
            modelBytes: model.name.utf8.count, seriesIDBytes: shape.seriesIDBytes, traceparentBytes: traceparentBytes,
            horizon: steps, quantiles: shape.quantiles, historyBytes: settings.includesInputs ? shape.history.count : 0)
        if settings.scoresForecasts, shape.seriesIDBytes > 0 {
            bound += ScoredPrediction.addedByteBound(
                observations: ScoredPrediction.observationBound(bodyBytes: shape.bodyBytes))
        }
        if bound > producer.maximumPayloadBytes {
            // It would not have room in an empty ring either.
            counters.add(.eventsDroppedTooLarge)
            return .none
        }
        if let reservation = producer.reserve(byteCount: bound) { return .reserved(reservation) }
        switch settings.whenFull {
        case .drop:
            counters.add(.eventsDroppedRingFull)
            return .none
        case .reject:
            counters.add(.eventsRejected)
            return .refused
        }
    }

    func abandon(_ reservation: RingReservation) {
        producer.abandon(reservation)
    }

    /// Writes the event of a forecast whose reply was written, and commits it, unless the same forecast has had one
    /// within the window. When this returns, the event survives the process.
    func commit(
        _ finished: FinishedRequest, of executor: ModelExecutor, generation: UInt64, into reservation: RingReservation,
        body: RawSpan, traceparent: RawSpan, receipt: ReceiptValues, now: MonotonicTime
    ) {
        // Loads of different lives of the daemon are different loads.
        let key = ContentHash(of: body, seed: generation ^ bootID.low)
        if window.hasSeen(key, now: now) {
            counters.add(.eventsDeduplicated)
            producer.abandon(reservation)
            return
        }
        let history = settings.includesInputs ? body.extracting(PredictShape(.predict, body).history) : RawSpan()
        let identity = producer.identity
        let head = EventHead(
            eventID: EventIdentifier(
                bootIDHigh: identity.bootID.high, bootIDLow: identity.bootID.low, producer: identity.producer,
                sequence: producer.nextEventSequence),
            predictionKey: key, traceparent: traceparent, history: history, receipt: receipt,
            createdMicroseconds: WallClock.now())
        let byteCount = executor.writeEvent(finished, head, into: producer.payload(of: reservation))
        if settings.scoresForecasts,
            let wholeBytes = executor.writeObservations(
                finished, limit: ScoredPrediction.observationBound(bodyBytes: body.byteCount), after: byteCount,
                into: producer.payload(of: reservation))
        {
            producer.commit(reservation, kind: ScoredPrediction.recordKind, byteCount: wholeBytes)
        } else {
            producer.commit(reservation, kind: EventKind.prediction.rawValue, byteCount: byteCount)
        }
        counters.add(.eventsCommitted)
    }
}
