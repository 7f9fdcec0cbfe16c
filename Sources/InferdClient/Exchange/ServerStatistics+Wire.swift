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
    }
}
