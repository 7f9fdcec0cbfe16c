internal import InferdBase
internal import InferdJournal

/// Into the store and out of it.
extension Publisher where Source: ~Copyable, Store: ~Copyable, Format: ~Copyable {
    /// Moves records into the store, until it is time to try the broker again.
    mutating func spool(_ now: SpoolInstant) {
        moveIntoStore(now)
        guard isRetryDue(now) else { return }
        // What is in the buffer comes before what is still in the source.
        flushStore(now)
        phase = .draining
    }

    /// Moves records from the source into the store. They stay in the source until their block is written.
    mutating func moveIntoStore(_ now: SpoolInstant) {
        guard now.monotonic >= storeRetryAt else { return }
        var budget = configuration.recordsPerTurn
        while budget > 0, let record = source.next() {
            budget -= 1
            do throws(EventStoreError) {
                let block = try store.append(
                    kind: source.kind(of: record), payload: source.payload(of: record), now: now)
                source.advance(past: record)
                unwritten.append(UnwrittenRecord(record: record, block: block))
            } catch .recordTooLarge {
                source.advance(past: record)
                source.markDelivered(record)
                counters.droppedTooLarge += 1
            } catch {
                noteStoreFailure(error, now)
                break
            }
        }
        noteWritten(now)
    }

    /// Publishes what the store holds, and is online again when nothing is left.
    mutating func drainStore(_ now: SpoolInstant) {
        if source.isPressed { moveIntoStore(now) }
        var budget = configuration.recordsPerTurn
        var hasMore = true
        while budget > 0, inFlight.count < window, phase == .draining, hasMore {
            budget -= 1
            if let block = drain.loaded {
                hasMore = publishStored(block, now)
            } else {
                hasMore = loadBlock(now)
            }
        }
        confirmDrained(now)
        guard phase == .draining, !hasMore, drain.isEmpty, drain.loaded == nil, !isLoadFailed
        else { return }
        if store.bufferedRecords > 0, health.store == nil {
            flushStore(now)
        } else {
            drainedBefore = store.nextBlock
            phase = .online
        }
    }

    /// False: there is none, or it cannot be read for now.
    private mutating func loadBlock(_ now: SpoolInstant) -> Bool {
        if isLoadFailed, now.monotonic < storeRetryAt { return false }
        do throws(EventStoreError) {
            guard let block = try store.loadBlock() else {
                isLoadFailed = false
                return false
            }
            isLoadFailed = false
            drain.begin(block)
            return true
        } catch {
            isLoadFailed = true
            noteStoreFailure(error, now)
            return false
        }
    }

    /// Tells the store which blocks are settled.
    mutating func confirmDrained(_ now: SpoolInstant) {
        guard let block = drain.takeSettled() else { return }
        refusals = refusals.filter { $0.key.block > block }
        do throws(EventStoreError) {
            try store.confirm(through: block)
        } catch {
            // It counts all the same, but after a restart these blocks go out again.
            noteStoreFailure(error, now)
        }
    }

    /// Sets a record of the source aside that was taken from it.
    mutating func setAside(_ record: Source.Record, reason: String, _ now: SpoolInstant) {
        do throws(EventStoreError) {
            try store.setAside(
                kind: source.kind(of: record), payload: source.payload(of: record), reason: reason, now: now)
            counters.deadLettered += 1
        } catch .recordTooLarge {
            counters.droppedTooLarge += 1
        } catch {
            // It comes again, when the store may have room.
            counters.replayed += 1
            noteStoreFailure(error, now)
            beginSettling(retryAt: storeRetryAt, now)
            return
        }
        source.markDelivered(record)
    }

    /// Sets a record of the loaded block aside. False: that was not possible, and it comes again.
    mutating func setAsideLoaded(_ place: StoredPlace, reason: String, _ now: SpoolInstant) -> Bool {
        do throws(EventStoreError) {
            try store.setAsideLoaded(at: place.index, reason: reason, now: now)
            counters.deadLettered += 1
            counters.deadLetteredFromStore += 1
        } catch .recordTooLarge {
            counters.droppedTooLarge += 1
            counters.droppedFromStore += 1
        } catch {
            noteStoreFailure(error, now)
            beginSettling(retryAt: storeRetryAt, now)
            return false
        }
        refusals[place] = nil
        drain.settle(place)
        drain.advance()
        return true
    }

    mutating func writeIfDue(_ now: SpoolInstant) {
        guard now.monotonic >= storeRetryAt else { return }
        do throws(EventStoreError) {
            try store.flushIfDue(now: now)
            if store.bufferedRecords == 0, !isLoadFailed { health.store = nil }
        } catch {
            noteStoreFailure(error, now)
        }
        noteWritten(now)
    }

    /// Writes what the store has taken in. False: it failed, or has just failed.
    @discardableResult
    mutating func flushStore(_ now: SpoolInstant) -> Bool {
        guard now.monotonic >= storeRetryAt else { return store.bufferedRecords == 0 }
        do throws(EventStoreError) {
            try store.flush(now: now)
        } catch {
            noteStoreFailure(error, now)
            return false
        }
        noteWritten(now)
        return true
    }

    private mutating func noteWritten(_ now: SpoolInstant) {
        let count = unwritten.firstIndex { $0.block >= store.nextBlock } ?? unwritten.count
        guard count > 0 else { return }
        for written in unwritten[..<count] { source.markDelivered(written.record) }
        unwritten.removeFirst(count)
        counters.spooled += count
        // Under load the buffer is never empty for long: that a block is written is the news, unless what came
        // after it has just failed.
        if now.monotonic >= storeRetryAt, !isLoadFailed { health.store = nil }
    }

    private mutating func noteStoreFailure(_ error: EventStoreError, _ now: SpoolInstant) {
        counters.storeFailures += 1
        health.store = error.message
        storeRetryAt = now.monotonic.advanced(byMilliseconds: configuration.storeRetryMilliseconds)
    }
}
