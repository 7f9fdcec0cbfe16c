import InferdBase
import InferdScheduler
import InferdWire

extension IOLoop {
    /// A request that holds as many is large.
    private static let largeBytes = 1 << 20
    /// Bytes of large requests after which memory is given back.
    private static let burstBytes = 16 << 20
    /// When to ask again while no worker is left.
    private static let stuckRetryMilliseconds: UInt32 = 1_000

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
                try handle(slot, envelope, message, isLast: isLast)
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

    /// Handles a request for a model: it is answered from the cache, joins a computation in flight, is
    /// refused, or is computed.
    private mutating func handle(
        _ slot: Int, _ envelope: Envelope, _ message: RawSpan, isLast: Bool
    ) throws(RequestError) {
        guard core.isReady else {
            throw RequestError(
                .unavailable, "every worker is in a run that does not end",
                retryAfterMilliseconds: Self.stuckRetryMilliseconds)
        }
        let place = try models.find(name: message.extracting(envelope.model), version: envelope.version)
        let model = core.slots.model(place)
        if envelope.kind == .predict, !model.servesForecasts {
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
            counters.add(.expiredAtArrival)
            throw RequestError(.deadlineExceeded, "the deadline passed before the request was read")
        }
        var arrival = Arrival(
            slot: slot, envelope: envelope, place: place, receivedAt: receivedAt, deadline: deadline)
        if envelope.cacheBypass {
            counters.add(.cacheBypassed)
        } else {
            let body = message.extracting(envelope.body)
            let key = CacheKey(
                kind: envelope.kind, generation: model.generation, body: body, seed: core.hashSeed)
            arrival.key = key
            if !envelope.cacheRefresh {
                if answerFromCache(slot, envelope, key, body) { return }
                if let leader = leader(of: key, body) {
                    try follow(leader, arrival)
                    return
                }
            }
        }
        try compute(arrival, message, model, isLast: isLast)
    }

    // Computing.

    /// Accepts a request to be computed: by a worker, or by this thread itself when that is idle and the
    /// model is cheap.
    mutating func compute(
        _ arrival: Arrival, _ message: RawSpan, _ model: ServedModel, isLast: Bool
    ) throws(RequestError) {
        let slot = arrival.slot
        let body = message.extracting(arrival.envelope.body)
        let shape = PredictShape(arrival.envelope.kind, body)
        let steps = model.steps(arrival.envelope.kind, horizon: shape.horizon)
        let runs = model.runCount(steps: steps)
        let heldBytes = message.byteCount + shape.expectedReplyBytes(steps: steps)
        try admit(arrival, model, runs: runs, heldBytes: heldBytes)
        let index = try takeRecord(arrival)
        core.pool[message: index].append(message)
        core.pool[index].runs = runs
        core.pool[index].key = arrival.key
        core.pool[index].cacheOutcome = arrival.key == nil ? .bypass : .miss
        hold(index, heldBytes)
        model.countRequest()
        if isLast, mayRunInline(model, runs, arrival.envelope) {
            counters.add(.inlineRuns)
            core.pool[index].queuedAt = .now()
            runner.runAlone(index)
            collectCompleted()
            return
        }
        core.pool[index].queuedAt = .now()
        timers.set(index, deadline: arrival.deadline)
        if let key = arrival.key, !arrival.envelope.cacheRefresh {
            flights.lead(index, key)
        }
        let work = Double(runs) * model.costs.microseconds(rows: 1)
        arrivals += 1
        core.pool[index].entry = FairQueue.Item(
            record: index,
            startTag: core.slots.clock.startTag(
                lastEnd: &connections[slot].lastServiceTag, work: UInt64(max(work, 0))),
            sequence: arrivals)
        model.load.addWaiting(runs: runs)
        core.slots.queue(arrival.place).add(index, now: now)
        core.slots.work.set(arrival.place)
        core.parking.wakeOne()
    }

    /// Handing a request to a worker costs a wake-up, which is more than a cheap model's run: nobody is
    /// kept waiting when nothing else is to be done.
    private func mayRunInline(_ model: ServedModel, _ runs: Int, _ envelope: Envelope) -> Bool {
        readyCount == 1 && core.slots.work.isEmpty && core.parking.sleeperCount == core.workerCount
            && model.expectedMicroseconds(envelope.kind, runs: runs, bodyBytes: envelope.body.count)
                < Double(core.configuration.inlineBudgetMicroseconds)
    }

    /// A record for the request, which is in flight from here on.
    mutating func takeRecord(_ arrival: Arrival) throws(RequestError) -> UInt32 {
        if freeRecords.isEmpty, !isCollecting {
            collectReturned()
        }
        guard let index = freeRecords.popLast() else {
            counters.add(.refusedRecords)
            throw RequestError(
                .resourceExhausted, "the daemon holds \(core.pool.capacity) requests already",
                retryAfterMilliseconds: 100)
        }
        let slot = arrival.slot
        core.pool[index].envelope = arrival.envelope
        core.pool[index].connection = ConnectionHandle(
            slot: UInt32(slot), generation: connections[slot].generation)
        core.pool[index].receivedAt = arrival.receivedAt
        core.pool[index].deadline = arrival.deadline
        core.pool[index].model = arrival.place
        core.pool[index].acceptsCompressed = connections[slot].acceptsCompressed
        core.pool[index].heldBytes = 0
        core.pool.open(index, deadline: arrival.deadline, isBatch: arrival.envelope.isBatchPriority)
        connections[slot].inFlight.add(id: arrival.envelope.id, record: index)
        requestsOf[arrival.place] += 1
        return index
    }

    /// Bytes count against the limits until the record is free again.
    private mutating func hold(_ index: UInt32, _ bytes: Int) {
        core.pool[index].heldBytes = bytes
        connections[Int(core.pool[index].connection.slot)].heldBytes += bytes
        heldBytes += bytes
        if bytes >= Self.largeBytes { largeBytes += bytes }
    }

    /// Has memory given back when the daemon comes to rest after large requests: what they took lies in the heap,
    /// between what others took since.
    private mutating func trimAtRest() {
        guard largeBytes >= Self.burstBytes, heldBytes < Self.largeBytes else { return }
        largeBytes = 0
        core.news.requestTrim()
    }

    // Records.

    /// Takes back the records that are no longer in use.
    mutating func collectReturned() {
        var index = core.pool.takeReturned()
        if index == RequestPool.none { return }
        // What they came to was handed over before them.
        collectCompleted()
        isCollecting = true
        defer { isCollecting = false }
        while index != RequestPool.none {
            let next = core.pool.links.next(after: index)
            // Dropped without an outcome: its followers are on their own.
            flights.stopLeading(index)
            decideFollowersAnew(index)
            if core.pool.claim(index) {
                answer(index, with: RequestError(.deadlineExceeded, "the deadline passed while the request waited"))
            }
            free(index)
            index = next
        }
    }

    /// Readies a record that nobody else has for its next request.
    mutating func free(_ index: UInt32) {
        let handle = core.pool[index].connection
        let slot = Int(handle.slot)
        if connections[slot].generation == handle.generation {
            connections[slot].inFlight.remove(record: index)
            connections[slot].heldBytes -= core.pool[index].heldBytes
        }
        heldBytes -= core.pool[index].heldBytes
        trimAtRest()
        timers.clear(index)
        let place = core.pool[index].model
        core.pool.clear(index)
        freeRecords.append(index)
        requestsOf[place] -= 1
        if requestsOf[place] == 0, isRetiring[place] {
            retire(place)
        }
    }

    /// Refuses the request in a record whose claim is ours.
    mutating func answer(_ index: UInt32, with error: RequestError) {
        let handle = core.pool[index].connection
        let slot = Int(handle.slot)
        guard connections[slot].generation == handle.generation else {
            counters.add(.framesAbandoned)
            return
        }
        refuse(slot, id: core.pool[index].envelope.id, error)
        touch(slot)
    }

    // Giving up.

    /// Answers requests whose deadline has passed, whether they wait or run.
    mutating func expireRequests() {
        while let index = timers.expire(now: now) {
            // Claimed by us, so that neither worker nor closing answered it; the record itself still
            // belongs to the queue or the worker, but what is read here is not written again.
            guard core.pool.claim(index) else { continue }
            counters.add(.expiredWaiting)
            answer(
                index, with: RequestError(.deadlineExceeded, "the deadline passed before the answer was ready"))
            leave(index)
        }
    }

    /// Somebody has been answered, or is gone, before its computation came to an end: it goes on for the
    /// others, if there are any.
    mutating func leave(_ index: UInt32) {
        if let leader = flights.leader(of: index) {
            flights.leave(index)
            free(index)
            if core.pool.removeMember(leader) == 0 {
                flights.stopLeading(leader)
            }
        } else if core.pool.removeMember(index) == 0 {
            flights.stopLeading(index)
        }
    }
}
