internal import InferdBase
internal import InferdJournal

/// What the producer tells.
extension Publisher where Source: ~Copyable, Store: ~Copyable, Format: ~Copyable {
    mutating func take(_ report: DeliveryReport, _ now: SpoolInstant) {
        guard let entry = inFlight.remove(report.ticket) else { return }
        guard let code = report.error else {
            noteDelivery(entry, now)
            return
        }
        guard code.cause.concernsMessageOnly else {
            counters.replayed += 1
            // That it was taken back is no news to whoever did that.
            if code.cause == .purged, phase == .settling { return }
            take(KafkaError(code: code, message: KafkaProducer.text(of: code)), now)
            if phase == .online || phase == .draining { giveUp(lastError, now) }
            return
        }
        let reason = KafkaProducer.text(of: code)
        switch entry.origin {
        case .source(let record):
            setAside(record, reason: reason, now)
        case .store(let place):
            // Its payload may not be in memory any more: it is set aside when its block is loaded again.
            refusals[place] = reason
            counters.replayed += 1
            beginSettling(retryAt: now.monotonic, now)
        }
    }

    /// Something that concerns the producer as a whole.
    mutating func take(_ error: KafkaError, _ now: SpoolInstant) {
        lastError = error
        if error.isFatal || error.code.cause == .fatal {
            replaceProducer(because: error, now)
            return
        }
        switch error.code.cause {
        case .topicMissing, .authenticationRefused, .notAuthorized: giveUp(error, now)
        case .unavailable, .purged, .fatal, .messageTooLarge, .messageRefused: break
        }
    }

    private mutating func noteDelivery(_ entry: InFlightTable<Source.Record>.Entry, _ now: SpoolInstant) {
        counters.delivered += 1
        switch entry.origin {
        case .source(let record):
            source.markDelivered(record)
        case .store(let place):
            counters.deliveredFromStore += 1
            drain.settle(place)
        }
        lastProgress = now.monotonic
        isProven = true
        failures = 0
        lastError = nil
        health.broker = nil
        if let since = behindSince { behindSince = max(since, entry.createdMicroseconds) }
    }

    /// Gives up on a broker that delivers nothing of what is out.
    mutating func checkStall(_ now: SpoolInstant) {
        guard phase == .online || phase == .draining, !inFlight.isEmpty else { return }
        // A new connection takes several round trips before anything can be accepted.
        let isConnecting = !isProven && lastError == nil
        let patience =
            source.isPressed
            ? configuration.pressedStallMilliseconds
            : isConnecting ? configuration.connectMilliseconds : configuration.stallMilliseconds
        guard now.monotonic >= lastProgress.advanced(byMilliseconds: patience) else { return }
        giveUp(lastError, now)
    }

    /// The broker does not accept. Nil: nothing was heard.
    mutating func giveUp(_ error: KafkaError?, _ now: SpoolInstant) {
        guard phase == .online || phase == .draining else { return }
        failures += 1
        counters.outages += 1
        health.broker = .init(
            cause: error?.code.cause ?? .unavailable,
            message: error?.message ?? "the brokers have not accepted anything for too long")
        isProven = false
        let pause = configuration.backoff.milliseconds(afterFailures: failures)
        beginSettling(retryAt: now.monotonic.advanced(byMilliseconds: pause), now)
    }

    /// Ends the producer, whose messages are not reported any more, and has another made: at once, unless that
    /// has just been done in vain.
    mutating func replaceProducer(because error: KafkaError, _ now: SpoolInstant) {
        counters.rebuilds += 1
        failures += 1
        health.broker = .init(cause: .fatal, message: error.message)
        isProven = false
        endProducer()
        let pause = failures > 1 ? configuration.backoff.milliseconds(afterFailures: failures - 1) : 0
        beginSettling(retryAt: now.monotonic.advanced(byMilliseconds: pause), now)
    }

    func isRetryDue(_ now: SpoolInstant) -> Bool { now.monotonic >= retryAt }
}
