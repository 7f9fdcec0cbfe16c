internal import InferdBase
package import InferdJournal

/// The spool with its drain, and beside it the spool of dead letters.
package struct SpoolStore<Files: SpoolFiles>: EventStore, ~Copyable {
    package private(set) var events: SpoolWriter<Files>
    package private(set) var deadLetters: SpoolWriter<Files>
    private var drain: SpoolDrain
    private var block = SpoolBlock()

    /// - Parameter directory: of the events.
    package init(
        events: consuming SpoolWriter<Files>, directory: SpoolDirectory, deadLetters: consuming SpoolWriter<Files>
    ) {
        drain = SpoolDrain(directory: directory, of: events)
        self.events = events
        self.deadLetters = deadLetters
    }

    package mutating func append(
        kind: UInt8, payload: RawSpan, now: SpoolInstant
    ) throws(EventStoreError) -> UInt64 {
        do throws(SpoolError) {
            return try events.append(kind: kind, payload: payload, now: now)
        } catch {
            throw EventStoreError(error)
        }
    }

    package mutating func setAside(
        kind: UInt8, payload: RawSpan, reason: String, now: SpoolInstant
    ) throws(EventStoreError) {
        let text = Array(reason.utf8)
        do throws(SpoolError) {
            // A letter that an earlier call could not write comes again, and is then there twice; but only one ever
            // waits, and so the buffer is bounded.
            try deadLetters.flush(now: now)
            unsafe try deadLetters.append(kind: kind, payload: payload, reason: text.span.bytes, now: now)
            try deadLetters.flush(now: now)
        } catch {
            throw EventStoreError(error)
        }
    }

    package mutating func setAsideLoaded(
        at index: Int, reason: String, now: SpoolInstant
    ) throws(EventStoreError) {
        // Taken out, because the dead letters change while it is read.
        var loaded = SpoolBlock()
        swap(&loaded, &block)
        defer { swap(&loaded, &block) }
        let record = loaded.records[index]
        try setAside(kind: record.kind, payload: loaded.payload(of: record), reason: reason, now: now)
    }

    package mutating func flush(now: SpoolInstant) throws(EventStoreError) {
        do throws(SpoolError) { try events.flush(now: now) } catch { throw EventStoreError(error) }
    }

    package mutating func flushIfDue(now: SpoolInstant) throws(EventStoreError) {
        do throws(SpoolError) { try events.flushIfDue(now: now) } catch { throw EventStoreError(error) }
    }

    package var nextBlock: UInt64 { events.nextBlock }
    package var bufferedRecords: Int { events.bufferedRecords }
    package var pendingRecords: Int { events.pendingRecords }

    package var totals: StoreTotals {
        var totals = StoreTotals()
        totals.recovered = events.counters.recoveredRecords
        totals.deleted = events.counters.deletedRecords
        totals.damaged = events.counters.damagedRecords
        totals.bytes = events.bytes
        return totals
    }

    /// Deletes what is older than it may be, dead letters included.
    package mutating func deleteExpired(now: SpoolInstant) {
        events.deleteExpired(now: now)
        deadLetters.deleteExpired(now: now)
    }

    package mutating func loadBlock() throws(EventStoreError) -> LoadedBlock? {
        do throws(SpoolError) {
            guard try drain.next(of: &events, into: &block) else { return nil }
            return LoadedBlock(number: block.number, recordCount: block.records.count)
        } catch {
            throw EventStoreError(error)
        }
    }

    @_lifetime(borrow self)
    package func loadedPayload(at index: Int) -> RawSpan { block.payload(of: block.records[index]) }
    package func loadedKind(at index: Int) -> UInt8 { block.records[index].kind }

    package mutating func confirm(through number: UInt64) throws(EventStoreError) {
        do throws(SpoolError) {
            try drain.confirm(through: number, in: &events)
        } catch {
            throw EventStoreError(error)
        }
    }

    package mutating func restartDrain() {
        drain.restart(of: events)
    }
}
