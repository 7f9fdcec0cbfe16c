import InferdBase
import InferdScheduler

/// What is refused at once, because it would be refused in the end.
extension IOLoop {
    /// Throws when the request cannot be computed in time or without taking what others need.
    func admit(
        _ arrival: Arrival, _ model: ServedModel, runs: Int, heldBytes bytes: Int
    ) throws(RequestError) {
        let active = model.load.activeRequests
        let waiting = core.slots.queue(arrival.place).count
        // An idle model always takes one, whatever its estimates say: that is how they recover.
        if active == 0, waiting == 0, heldBytes == 0 { return }
        let estimate = AdmissionEstimate(
            runs: runs, waitingRuns: model.load.waitingRuns, activeRequests: active, rows: model.rowsPerRun,
            workers: core.workerCount, share: share(of: arrival.place), costs: model.costs)
        let budget = Double(arrival.deadline.nanoseconds(since: now)) / 1000
        if model.settings.maximumConcurrency > 0, model.load.heldRequests >= model.settings.maximumConcurrency {
            counters.add(.refusedConcurrency)
            throw exhausted(
                "\(model.settings.maximumConcurrency) requests for this model are being computed already", estimate)
        }
        if waiting >= model.settings.queueLength {
            counters.add(.refusedQueue)
            throw exhausted("\(model.settings.queueLength) requests wait for this model already", estimate)
        }
        if connections[arrival.slot].heldBytes > 0,
            connections[arrival.slot].heldBytes + bytes > core.configuration.heldBytesPerConnection
        {
            counters.add(.refusedBytes)
            throw exhausted("the connection's requests in flight take too much memory", estimate)
        }
        if heldBytes > 0, heldBytes + bytes > core.configuration.heldBytes {
            counters.add(.refusedBytes)
            throw exhausted("the requests in flight take too much memory", estimate)
        }
        if active > 0 || waiting > 0, estimate.total > budget {
            counters.add(.refusedDeadline)
            throw RequestError(
                .resourceExhausted, "the answer would not be ready before the deadline",
                retryAfterMilliseconds: estimate.retryAfterMilliseconds(budget: budget))
        }
    }

    private func exhausted(_ message: String, _ estimate: AdmissionEstimate) -> RequestError {
        RequestError(
            .resourceExhausted, message, retryAfterMilliseconds: estimate.retryAfterMilliseconds(budget: 0))
    }

    /// The part of the workers' time that a model has beside the others that have something to do.
    private func share(of place: Int) -> Double {
        var busy = 1
        for other in models.places where other != place && core.slots.model(other).load.activeRequests > 0 {
            busy += 1
        }
        return 1 / Double(busy)
    }
}
