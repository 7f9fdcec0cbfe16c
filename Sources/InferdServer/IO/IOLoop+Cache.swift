import Glibc
import InferdBase
import InferdScheduler
import InferdWire

/// Answers that were computed before, and computations that several requests share.
extension IOLoop {
    // Hits.

    /// Answers from the cache; false when there is nothing fresh enough. Decodes nothing.
    mutating func answerFromCache(_ slot: Int, _ envelope: Envelope, _ key: CacheKey, _ body: RawSpan) -> Bool {
        let hit = cache.find(
            key, body: body, maximumAgeMilliseconds: envelope.cacheMaximumAgeMilliseconds, now: now)
        guard let hit else { return false }
        // Taken out, because the cache lies in this value, too; it moves no bytes.
        var output = ReplyWriter()
        swap(&output, &connections[slot].output)
        output.beginFrame(id: envelope.id)
        if envelope.wantReceipt {
            var receipt = ReceiptValues()
            receipt.total = MonotonicTime.now().microseconds(since: connections[slot].frameStartedAt)
            output.writeReceipt(receipt)
        }
        output.writeCache(.hit, ageMilliseconds: hit.ageMilliseconds)
        output.writeEncodedField(cache.reply(hit))
        output.endFrame()
        if connections[slot].acceptsCompressed {
            output.compressLastFrame()
        }
        swap(&output, &connections[slot].output)
        counters.countReply(.ok)
        return true
    }

    // Followers.

    /// The computation in flight of the same body.
    func leader(of key: CacheKey, _ body: RawSpan) -> UInt32? {
        flights.leader(of: key) { index in
            core.pool.withBody(index) { $0.holdsSameBytes(as: body) }
        }
    }

    /// The request waits for the answer of `leader`.
    mutating func follow(_ leader: UInt32, _ arrival: Arrival) throws(RequestError) {
        let index = try takeRecord(arrival)
        core.pool[index].queuedAt = now
        core.pool[index].key = nil
        timers.set(index, deadline: arrival.deadline)
        core.pool.addMember(leader, deadline: arrival.deadline)
        flights.join(index, leader)
        counters.add(.coalesced)
        if !arrival.envelope.isBatchPriority, core.pool.isBatch(leader) {
            core.pool.makeUrgent(leader)
            core.slots.queue(arrival.place).notePromotion()
        }
    }

    // Outcomes.

    /// Takes over what has been computed: followers are answered, the cache is filled.
    mutating func collectCompleted() {
        if isCollecting || !core.pool.hasCompleted { return }
        isCollecting = true
        defer { isCollecting = false }
        var index = core.pool.takeCompleted()
        while index != RequestPool.none {
            let next = core.pool.nextCompleted(after: index)
            flights.stopLeading(index)
            if let failure = core.pool[outcome: index].failure {
                settleFollowers(index, failure)
            } else {
                answerFollowers(index)
                keep(index)
            }
            index = next
        }
    }

    private mutating func answerFollowers(_ leader: UInt32) {
        while let index = flights.takeFollower(leader) {
            if core.pool.claim(index) {
                answerFollower(index, leader)
            }
            free(index)
        }
    }

    private mutating func answerFollower(_ index: UInt32, _ leader: UInt32) {
        // A follower whose connection has ended has left already.
        let slot = Int(core.pool[index].connection.slot)
        connections[slot].output.beginFrame(id: core.pool[index].envelope.id)
        if core.pool[index].envelope.wantReceipt {
            let answeredAt = MonotonicTime.now()
            var receipt = ReceiptValues()
            receipt.receive = core.pool[index].queuedAt.microseconds(since: core.pool[index].receivedAt)
            receipt.queue = answeredAt.microseconds(since: core.pool[index].queuedAt)
            receipt.total = answeredAt.microseconds(since: core.pool[index].receivedAt)
            connections[slot].output.writeReceipt(receipt)
        }
        connections[slot].output.writeCache(.coalesced, ageMilliseconds: 0)
        core.pool.withReplyField(leader) { connections[slot].output.writeEncodedField($0) }
        connections[slot].output.endFrame()
        if core.pool[index].acceptsCompressed {
            connections[slot].output.compressLastFrame()
        }
        counters.countReply(.ok)
        touch(slot)
    }

    private mutating func keep(_ index: UInt32) {
        guard let key = core.pool[index].key else { return }
        var content = OwnedBytes()
        swap(&content, &core.pool[outcome: index].content)
        let computedAt = min(core.pool[outcome: index].computedAt, now)
        let age = Int64(clamping: now.nanoseconds(since: computedAt) / 1000)
        let microseconds = core.slots.model(core.pool[index].model).freshMicroseconds(
            default: Int64(core.configuration.cacheMilliseconds) * 1000,
            nextSampleDue: core.pool[outcome: index].nextSampleDue, wallClock: WallClock.now() - age)
        guard microseconds > 0 else { return }
        cache.insert(
            key, content: content, bodyBytes: core.pool[outcome: index].bodyBytes, computedAt: computedAt, now: now,
            expiresAt: computedAt.advanced(byNanoseconds: UInt64(microseconds).multipliedSaturating(by: 1000)))
    }

    // Refusals.

    /// What the body itself is refused for holds for every follower; what came of the moment is decided
    /// anew for each.
    private mutating func settleFollowers(_ leader: UInt32, _ failure: RequestError) {
        switch failure.code {
        case .invalidArgument, .failedPrecondition, .notFound:
            while let index = flights.takeFollower(leader) {
                if core.pool.claim(index) {
                    answer(index, with: failure)
                }
                free(index)
            }
        default:
            decideFollowersAnew(leader)
        }
    }

    /// The followers of a computation that came to nothing: the first that is admitted leads the others.
    mutating func decideFollowersAnew(_ leader: UInt32) {
        while let index = flights.takeFollower(leader) {
            counters.add(.decidedAnew)
            guard core.pool.claim(index) else {
                free(index)
                continue
            }
            decideAnew(index, leader)
        }
    }

    private mutating func decideAnew(_ index: UInt32, _ leader: UInt32) {
        let slot = Int(core.pool[index].connection.slot)
        var envelope = core.pool[index].envelope
        let receivedAt = core.pool[index].receivedAt
        let deadline = core.pool[index].deadline
        let place = core.pool[index].model
        // The leader's message takes the place of the follower's own, which was the same but for the
        // envelope.
        envelope.body = core.pool[leader].envelope.body
        envelope.model = core.pool[leader].envelope.model
        envelope.traceparent = 0..<0
        free(index)
        guard now < deadline else {
            refuse(
                slot, id: envelope.id, RequestError(.deadlineExceeded, "the deadline passed while the request waited"))
            touch(slot)
            return
        }
        var arrival = Arrival(
            slot: slot, envelope: envelope, place: place, receivedAt: receivedAt, deadline: deadline)
        // Taken out so that it can be read while this loop changes; it moves no bytes.
        var message = OwnedBytes()
        swap(&message, &core.pool[message: leader])
        defer { swap(&message, &core.pool[message: leader]) }
        let model = core.slots.model(place)
        let body = message.span.extracting(envelope.body)
        let key = CacheKey(kind: envelope.kind, generation: model.generation, body: body, seed: core.hashSeed)
        arrival.key = key
        do throws(RequestError) {
            if let other = self.leader(of: key, body) {
                try follow(other, arrival)
            } else {
                try compute(arrival, message.span, model, isLast: false)
            }
        } catch {
            refuse(slot, id: envelope.id, error)
            touch(slot)
        }
    }
}

extension UInt64 {
    fileprivate func multipliedSaturating(by other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
