import InferdBase
import InferdWire

extension ServerStatistics {
    init(_ values: StatsValues) {
        self.init()
        uptimeMicroseconds = values.uptimeMicroseconds
        framesReceived = values.framesReceived
        replies = values.replies.map { StatusCount(name: $0.code.name, count: $0.count) }
        framesAbandoned = values.framesAbandoned
        requestsInFlight = values.requestsInFlight
        connectionsAccepted = values.connectionsAccepted
        connectionsRefused = values.connectionsRefused
        connectionsOpen = values.connectionsOpen
        bytesReceived = values.bytesReceived
        bytesSent = values.bytesSent
        workers = values.workers
        workerBusyMicroseconds = values.workerBusyMicroseconds
        models = values.models.map(ModelCounters.init)
        isDraining = values.isDraining
        isReady = values.isReady
        cache = CacheCounters(values.cache)
        admission = AdmissionCounters(values.admission)
        inlineRuns = values.inlineRuns
        watchdogStops = values.watchdogStops
        stuckWorkers = values.stuckWorkers
        events = values.events.map(EventCounters.init)
        accuracy = values.accuracy.compactMap(ForecastAccuracy.init)
    }
}

extension ServerStatistics.ModelCounters {
    fileprivate init(_ values: StatsValues.Model) {
        self.init(name: values.name, version: values.version)
        generation = values.generation
        requests = values.requests
        engineRuns = values.engineRuns
        engineRows = values.engineRows
        engineMicroseconds = values.engineMicroseconds
        queued = values.queued
        active = values.active
    }
}

extension ServerStatistics.CacheCounters {
    fileprivate init(_ values: StatsValues.Cache) {
        self.init()
        hits = values.hits
        misses = values.misses
        coalesced = values.coalesced
        bypassed = values.bypassed
        insertions = values.insertions
        evictions = values.evictions
        expirations = values.expirations
        entries = values.entries
        bytes = values.bytes
        decidedAnew = values.decidedAnew
    }
}

extension ServerStatistics.AdmissionCounters {
    fileprivate init(_ values: StatsValues.Admission) {
        self.init()
        expiredAtArrival = values.expiredAtArrival
        expiredWaiting = values.expiredWaiting
        droppedAtFormation = values.droppedAtFormation
        abandonedBetweenSteps = values.abandonedBetweenSteps
        cancelled = values.cancelled
        refusedQueue = values.refusedQueue
        refusedConcurrency = values.refusedConcurrency
        refusedDeadline = values.refusedDeadline
        refusedBytes = values.refusedBytes
        refusedRecords = values.refusedRecords
    }
}

extension ServerStatistics.ForecastAccuracy {
    /// nil: the steps ahead are none.
    fileprivate init?(_ values: StatsValues.Accuracy) {
        guard values.horizonFrom <= values.horizonTo else { return nil }
        self.init(model: values.model, version: values.version, horizon: values.horizonFrom...values.horizonTo)
        points = values.points
        mae = values.mae
        smape = values.smape
        coverage = values.coveragePoints > 0 ? values.coverage : nil
    }
}

extension ServerStatistics.EventCounters {
    fileprivate init(_ values: StatsValues.Events) {
        self.init()
        committed = values.committed
        deduplicated = values.deduplicated
        droppedRingFull = values.droppedRingFull
        droppedTooLarge = values.droppedTooLarge
        rejected = values.rejected
        recovered = values.recovered
        published = values.published
        delivered = values.delivered
        replayed = values.replayed
        spooled = values.spooled
        deadLettered = values.deadLettered
        deleted = values.deleted
        damaged = values.damaged
        pending = values.pending
        lagRecords = values.lagRecords
        outages = values.outages
        rebuilds = values.rebuilds
        spoolBytes = values.spoolBytes
        droppedBySpool = values.droppedBySpool
        lagSeconds = values.lagSeconds
        phase = values.phase
        trouble = values.trouble
    }
}
