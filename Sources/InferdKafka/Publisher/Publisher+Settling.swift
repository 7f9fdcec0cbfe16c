internal import InferdBase
internal import InferdJournal

/// Taking back what is out, before records are shown again.
extension Publisher where Source: ~Copyable, Store: ~Copyable, Format: ~Copyable {
    /// Takes back what is out. When all of it is reported, the store takes over, until `retryAt`.
    ///
    /// - Parameter awaitsAnswers: what is under way is given a little time to arrive.
    mutating func beginSettling(retryAt: MonotonicTime, awaitsAnswers: Bool = false, _ now: SpoolInstant) {
        self.retryAt = retryAt
        guard phase != .settling else { return }
        phase = .settling
        settleBy = now.monotonic.advanced(byMilliseconds: configuration.settleMilliseconds)
        if awaitsAnswers {
            producer?.purgeQueue()
            purgeAt = now.monotonic.advanced(byMilliseconds: configuration.pressedStallMilliseconds)
        } else {
            producer?.purge()
            purgeAt = .distantFuture
        }
    }

    /// Ends the phase when nothing is out, neither at the producer nor in the store's buffer: from there on, what
    /// was not delivered is shown again.
    mutating func settle(_ now: SpoolInstant) {
        guard phase == .settling else { return }
        if now.monotonic >= purgeAt {
            producer?.purge()
            purgeAt = .distantFuture
        }
        if !inFlight.isEmpty {
            guard now.monotonic >= settleBy else { return }
            endProducer()
        }
        // Otherwise the source would show records again that the store will write.
        guard unwritten.isEmpty || flushStore(now) else { return }
        confirmDrained(now)
        source.rewind()
        store.restartDrain()
        drain.restart()
        phase = producer == nil ? .rebuilding : .spooling
    }

    /// Ends the producer, if there is one. Its messages count as taken back.
    mutating func endProducer() {
        counters.replayed += inFlight.count
        inFlight.removeAll()
        producer = nil
    }

    /// Makes a producer when the time has come; meanwhile the store takes what comes.
    mutating func rebuild(_ now: SpoolInstant) {
        if isRetryDue(now), let factory {
            do throws(KafkaConfigurationError) {
                producer = try factory.makeProducer()
                health.configuration = nil
                phase = .draining
                return
            } catch {
                health.configuration = error.message
                failures += 1
                let pause = configuration.backoff.milliseconds(afterFailures: failures)
                retryAt = now.monotonic.advanced(byMilliseconds: pause)
            }
        }
        moveIntoStore(now)
    }
}
