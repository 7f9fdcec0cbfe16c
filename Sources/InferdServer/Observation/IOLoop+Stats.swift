import InferdBase
import InferdJournal
import InferdKafka
import InferdScheduler
import InferdWire
import Synchronization

extension IOLoop {
    /// All counters; exact when the threads are at rest.
    func stats() -> StatsValues {
        var values = core.stats(now: now)
        values.models = models.places.map { place in
            StatsValues.Model(core.slots.model(place), queued: core.slots.queue(place).count)
        }
        values.cache.hits = cache.counters.hits
        values.cache.misses = cache.counters.misses
        values.cache.insertions = cache.counters.insertions
        values.cache.evictions = cache.counters.evictions
        values.cache.expirations = cache.counters.expirations
        values.cache.entries = UInt64(cache.count)
        values.cache.bytes = UInt64(cache.bytes)
        return values
    }
}

extension ServerCore {
    /// What is known to any thread.
    fileprivate func stats(now: MonotonicTime) -> StatsValues {
        var values = StatsValues()
        values.uptimeMicroseconds = now.nanoseconds(since: startedAt) / 1000
        values.framesReceived = total(.framesReceived)
        values.framesAbandoned = total(.framesAbandoned)
        var answered: UInt64 = 0
        for code in StatusCode.allCases {
            let count = totalReplies(code)
            if count == 0 { continue }
            answered += count
            values.replies.append(StatsValues.Replies(code: code, count: count))
        }
        // Not read at one moment: what was answered in between must not make it negative.
        let done = answered + values.framesAbandoned
        values.requestsInFlight = values.framesReceived > done ? values.framesReceived - done : 0
        values.connectionsAccepted = total(.connectionsAccepted)
        values.connectionsRefused = total(.connectionsRefused)
        values.connectionsOpen = UInt32(openConnections.load(ordering: .relaxed))
        values.bytesReceived = total(.bytesReceived)
        values.bytesSent = total(.bytesSent)
        values.workers = UInt32(workerCount)
        values.workerBusyMicroseconds = counters.dropFirst().reduce(0) { $0 + $1[.busyNanoseconds] } / 1000
        values.isDraining = isDraining.load(ordering: .relaxed)
        values.isReady = isReady
        values.cache.coalesced = total(.coalesced)
        values.cache.bypassed = total(.cacheBypassed)
        values.cache.decidedAnew = total(.decidedAnew)
        values.admission.expiredAtArrival = total(.expiredAtArrival)
        values.admission.expiredWaiting = total(.expiredWaiting)
        values.admission.droppedAtFormation = total(.droppedAtFormation)
        values.admission.abandonedBetweenSteps = total(.abandonedBetweenSteps)
        values.admission.cancelled = total(.cancelled)
        values.admission.refusedQueue = total(.refusedQueue)
        values.admission.refusedConcurrency = total(.refusedConcurrency)
        values.admission.refusedDeadline = total(.refusedDeadline)
        values.admission.refusedBytes = total(.refusedBytes)
        values.admission.refusedRecords = total(.refusedRecords)
        values.inlineRuns = total(.inlineRuns)
        values.watchdogStops = total(.watchdogStops)
        values.stuckWorkers = UInt32(stuckWorkers.load(ordering: .relaxed))
        if let events {
            let accuracy = events.accuracy.current
            values.events = eventStats(events, accuracy)
            values.accuracy = accuracy.scores.map(StatsValues.Accuracy.init)
        }
        return values
    }

    private func eventStats(_ events: EventJournal, _ accuracy: AccuracySummary) -> StatsValues.Events {
        var values = StatsValues.Events()
        values.committed = total(.eventsCommitted) + accuracy.committed
        values.deduplicated = total(.eventsDeduplicated)
        values.droppedRingFull = total(.eventsDroppedRingFull) + accuracy.dropped
        values.droppedTooLarge = total(.eventsDroppedTooLarge)
        values.rejected = total(.eventsRejected)
        values.recovered = UInt64(events.recovery.replayable)
        if let status = events.board.current { values.add(status) }
        return values
    }
}

extension StatsValues.Events {
    fileprivate mutating func add(_ status: PublisherStatus) {
        droppedBySpool = UInt64(status.counters.droppedTooLarge)
        recovered += UInt64(status.store.recovered)
        published = UInt64(status.counters.published)
        delivered = UInt64(status.counters.delivered)
        replayed = UInt64(status.counters.replayed)
        spooled = UInt64(status.counters.spooled)
        deadLettered = UInt64(status.counters.deadLettered)
        deleted = UInt64(status.store.deleted)
        damaged = UInt64(status.store.damaged)
        pending = UInt64(status.pendingRecords)
        lagRecords = UInt64(status.lagRecords)
        outages = UInt64(status.counters.outages)
        rebuilds = UInt64(status.counters.rebuilds)
        spoolBytes = UInt64(status.store.bytes)
        lagSeconds = status.lagSeconds
        phase = status.phase.rawValue
        trouble = status.health.broker?.message ?? status.health.configuration ?? status.health.store ?? ""
    }
}

extension StatsValues.Accuracy {
    fileprivate init(_ score: AccuracyScore) {
        self.init()
        model = score.model.name
        version = score.model.version
        horizonFrom = score.horizon.lowerBound
        horizonTo = score.horizon.upperBound
        points = score.sums.points
        mae = score.sums.mae
        smape = score.sums.smape
        coveragePoints = score.sums.boundedPoints
        coverage = score.sums.coverage ?? 0
    }
}

extension StatsValues.Model {
    fileprivate init(_ model: ServedModel, queued count: Int) {
        self.init()
        name = model.name
        version = model.version
        generation = model.generation
        requests = model.requestCount
        queued = UInt32(count)
        active = UInt32(model.load.activeRequests)
        for executor in model.executors {
            engineRuns += executor.counters.runs
            engineRows += executor.counters.rows
            engineMicroseconds += executor.counters.microseconds
        }
    }
}
