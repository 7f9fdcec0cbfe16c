import InferdBase
import InferdScheduler
import InferdWire
import Synchronization

extension ServerCore {
    /// All counters; exact when the threads are at rest.
    func stats(now: MonotonicTime) -> StatsValues {
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
        values.models = models.served.map(StatsValues.Model.init)
        values.isDraining = isDraining.load(ordering: .relaxed)
        return values
    }
}

extension StatsValues.Model {
    fileprivate init(_ model: ServedModel) {
        self.init()
        name = model.name
        version = model.version
        generation = model.generation
        requests = model.requestCount
        queued = UInt32(model.queue.count)
        for executor in model.executors {
            engineRuns += executor.counters.runs
            engineRows += executor.counters.rows
            engineMicroseconds += executor.counters.microseconds
        }
    }
}
