import InferdBase
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
        return values
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
