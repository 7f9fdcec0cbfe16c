internal import InferdBase
internal import InferdJournal

/// Handing messages to the producer, from either side.
extension Publisher where Source: ~Copyable, Store: ~Copyable, Format: ~Copyable {
    /// What became of a message that was offered to the producer.
    private enum Offer {
        case taken
        /// Not now.
        case full
        /// Never.
        case refused(String)
        /// The producer has failed as a whole, and the phase is another.
        case halted
    }

    /// Messages that may be out: few, until the broker has accepted one.
    var window: Int { isProven ? configuration.window : configuration.unprovenWindow }

    /// Publishes from the source.
    mutating func publish(_ now: SpoolInstant) {
        var isFull = false
        var budget = configuration.recordsPerTurn
        while budget > 0, phase == .online, let record = source.next() {
            isFull = inFlight.count >= window || !publish(record, now)
            if isFull { break }
            budget -= 1
        }
        guard phase == .online else { return }
        if isFull && source.isPressed {
            // The broker takes less than comes. What is under way is awaited, so that it does not arrive twice.
            beginSettling(retryAt: now.monotonic, awaitsAnswers: true, now)
        } else if store.nextBlock > drainedBefore {
            // The store, which had failed, has written what it held.
            phase = .draining
        }
    }

    /// Publishes a record of the source. False: it was not taken.
    private mutating func publish(_ record: Source.Record, _ now: SpoolInstant) -> Bool {
        let kind = source.kind(of: record)
        message.removeAll()
        let isEvent = format.fill(&message, kind: kind, payload: source.payload(of: record))
        switch isEvent ? offer(.source(record), now) : .refused(Self.noEvent) {
        case .taken:
            source.advance(past: record)
            return true
        case .refused(let reason):
            source.advance(past: record)
            setAside(record, reason: reason, now)
            return phase == .online
        case .full, .halted:
            return false
        }
    }

    /// Publishes the next record of the block that is loaded, unless it is settled. False: it was not taken.
    mutating func publishStored(_ block: LoadedBlock, _ now: SpoolInstant) -> Bool {
        let place = StoredPlace(block: block.number, index: drain.nextIndex)
        if drain.isSettled(place) {
            drain.advance()
            return true
        }
        let kind = store.loadedKind(at: place.index)
        message.removeAll()
        let offered: Offer
        if let reason = refusals[place] {
            offered = .refused(reason)
        } else if format.fill(&message, kind: kind, payload: store.loadedPayload(at: place.index)) {
            offered = offer(.store(place), now)
        } else {
            offered = .refused(Self.noEvent)
        }
        switch offered {
        case .taken:
            drain.advance()
            return true
        case .refused(let reason):
            return setAsideLoaded(place, reason: reason, now)
        case .full, .halted:
            return false
        }
    }

    private mutating func offer(_ origin: MessageOrigin<Source.Record>, _ now: SpoolInstant) -> Offer {
        guard let producer else { return .halted }
        do throws(KafkaError) {
            try producer.produce(message, ticket: inFlight.nextTicket)
        } catch {
            if error.code == .queueFull { return .full }
            if error.code.cause.concernsMessageOnly { return .refused(error.message) }
            take(error, now)
            if phase == .online || phase == .draining { giveUp(error, now) }
            return .halted
        }
        if inFlight.isEmpty { lastProgress = now.monotonic }
        inFlight.insert(.init(origin: origin, createdMicroseconds: message.createdMicroseconds))
        counters.published += 1
        return .taken
    }

    private static var noEvent: String { "the record is no event" }
}
