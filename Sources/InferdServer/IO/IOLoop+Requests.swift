import InferdBase
import InferdScheduler
import InferdWire

extension IOLoop {
    /// Handles one whole frame.
    /// - Parameter isLast: nothing more of this connection is buffered.
    mutating func handleFrame(_ slot: Int, _ message: RawSpan, isLast: Bool) {
        counters.add(.framesReceived)
        connections[slot].framesRead += 1
        let envelope: Envelope
        do throws(EnvelopeError) {
            envelope = try Envelope.peek(message)
        } catch {
            refuse(slot, id: error.id, error.error)
            return
        }
        if isInFlight(slot, envelope.id) {
            let error = RequestError.invalid("id", "\(envelope.id) is in flight on this connection already")
            goAway(slot, error)
            counters.countReply(error.code)
            return
        }
        let body = message.extracting(envelope.body)
        do throws(RequestError) {
            switch envelope.kind {
            case .predict, .infer:
                try admit(slot, envelope, message, isLast: isLast)
                return
            case .hello:
                try answerHello(slot, envelope.id, body)
            case .ping:
                try answerPing(slot, envelope.id, body)
            case .cancel:
                try answerCancel(slot, envelope.id, body)
            case .models:
                try answerModels(slot, envelope, message)
            case .stats:
                try answerStats(slot, envelope.id, body)
            }
            counters.countReply(.ok)
        } catch {
            refuse(slot, id: envelope.id, error)
        }
    }

    private func isInFlight(_ slot: Int, _ id: UInt64) -> Bool {
        for place in 0..<connections[slot].inFlight.count
        where connections[slot].inFlight.id(at: place) == id {
            // An answered request only waits for its record to come back.
            if !core.pool.isAnswered(connections[slot].inFlight.record(at: place)) { return true }
        }
        return false
    }

    /// Accepts a request for a model: it is answered by a worker, by its deadline's timer, or by this
    /// thread itself when that is idle and the model is cheap.
    private mutating func admit(
        _ slot: Int, _ envelope: Envelope, _ message: RawSpan, isLast: Bool
    ) throws(RequestError) {
        let model = try core.models.find(
            name: message.extracting(envelope.model), version: envelope.version)
        let served = core.models[model]
        if envelope.kind == .predict, !served.servesForecasts {
            throw RequestError(
                .failedPrecondition, "the model serves `infer` only: it has no description of a forecast",
                field: "model")
        }
        let timeout =
            envelope.timeoutMilliseconds == 0
            ? Limits.defaultTimeoutMilliseconds : envelope.timeoutMilliseconds
        let receivedAt = connections[slot].frameStartedAt
        let deadline = receivedAt.advanced(byMilliseconds: UInt64(timeout))
        if now >= deadline {
            throw RequestError(.deadlineExceeded, "the deadline passed before the request was read")
        }
        guard let index = takeRecord() else {
            throw RequestError(
                .resourceExhausted, "the daemon holds \(core.pool.capacity) requests already",
                retryAfterMilliseconds: 100)
        }
        core.pool[index].message.append(message)
        core.pool[index].envelope = envelope
        core.pool[index].connection = ConnectionHandle(
            slot: UInt32(slot), generation: connections[slot].generation)
        core.pool[index].receivedAt = receivedAt
        core.pool[index].deadline = deadline
        core.pool[index].model = model
        core.pool[index].acceptsCompressed = connections[slot].acceptsCompressed
        core.pool.open(index)
        if isLast, mayRunInline(served, envelope) {
            connections[slot].inFlight.add(id: envelope.id, record: index)
            core.pool[index].queuedAt = .now()
            runner.run(index)
            return
        }
        core.pool[index].queuedAt = .now()
        timers.set(index, deadline: deadline)
        guard served.queue.push(index) else {
            timers.clear(index)
            core.pool.clear(index)
            freeRecords.append(index)
            throw RequestError(
                .resourceExhausted, "\(Limits.queueLength) requests wait for this model already",
                retryAfterMilliseconds: served.drainMilliseconds(workers: core.workerCount))
        }
        connections[slot].inFlight.add(id: envelope.id, record: index)
        served.countRequest()
        let isDispatched = core.dispatch.push(UInt32(model))
        precondition(isDispatched, "the dispatch queue holds as many requests as there are")
        core.parking.wakeOne()
    }

    /// Handing a request to a worker costs a wake-up, which is more than a cheap model's run: nobody is
    /// kept waiting when nothing else is to be done.
    private func mayRunInline(_ model: ServedModel, _ envelope: Envelope) -> Bool {
        readyCount == 1 && core.dispatch.count == 0
            && model.expectedMicroseconds(envelope.kind, bodyBytes: envelope.body.count)
                < Double(core.configuration.inlineBudgetMicroseconds)
    }

    private mutating func takeRecord() -> UInt32? {
        if freeRecords.isEmpty {
            collectReturned()
        }
        return freeRecords.popLast()
    }

    /// Takes back the records that are no longer in use.
    mutating func collectReturned() {
        var index = core.pool.takeReturned()
        while index != RequestPool.none {
            let next = core.pool.next(after: index)
            let handle = core.pool[index].connection
            let slot = Int(handle.slot)
            if connections[slot].generation == handle.generation {
                connections[slot].inFlight.remove(record: index)
            }
            timers.clear(index)
            core.pool.clear(index)
            freeRecords.append(index)
            index = next
        }
    }

    /// Answers requests whose deadline has passed, whether they wait or run.
    mutating func expireRequests() {
        while let index = timers.expire(now: now) {
            if core.pool.isAnswered(index) || !core.pool.claim(index) { continue }
            // Claimed by us, so that neither worker nor closing answered it; the record itself still
            // belongs to the queue or the worker, but these fields are not written again.
            let handle = core.pool[index].connection
            let slot = Int(handle.slot)
            refuse(
                slot, id: core.pool[index].envelope.id,
                RequestError(.deadlineExceeded, "the deadline passed before the answer was ready"))
            service(slot)
        }
    }
}
