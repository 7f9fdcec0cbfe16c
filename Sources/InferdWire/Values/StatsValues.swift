package import InferdBase

/// Counters as the `stats` reply gives them; the meaning of each field stands in `control.proto`.
package struct StatsValues: Equatable, Sendable {
    package struct Model: Equatable, Sendable {
        package var name = ""
        package var version: UInt64 = 0
        package var generation: UInt64 = 0
        package var requests: UInt64 = 0
        package var engineRuns: UInt64 = 0
        package var engineRows: UInt64 = 0
        package var engineMicroseconds: UInt64 = 0
        package var queued: UInt32 = 0
        package var active: UInt32 = 0

        package init() {}
    }

    package struct Cache: Equatable, Sendable {
        package var hits: UInt64 = 0
        package var misses: UInt64 = 0
        package var coalesced: UInt64 = 0
        package var bypassed: UInt64 = 0
        package var insertions: UInt64 = 0
        package var evictions: UInt64 = 0
        package var expirations: UInt64 = 0
        package var entries: UInt64 = 0
        package var bytes: UInt64 = 0
        package var decidedAnew: UInt64 = 0

        package init() {}
    }

    package struct Admission: Equatable, Sendable {
        package var expiredAtArrival: UInt64 = 0
        package var expiredWaiting: UInt64 = 0
        package var droppedAtFormation: UInt64 = 0
        package var abandonedBetweenSteps: UInt64 = 0
        package var cancelled: UInt64 = 0
        package var refusedQueue: UInt64 = 0
        package var refusedConcurrency: UInt64 = 0
        package var refusedDeadline: UInt64 = 0
        package var refusedBytes: UInt64 = 0
        package var refusedRecords: UInt64 = 0

        package init() {}
    }

    package struct Events: Equatable, Sendable {
        package var committed: UInt64 = 0
        package var deduplicated: UInt64 = 0
        package var droppedRingFull: UInt64 = 0
        package var droppedTooLarge: UInt64 = 0
        package var rejected: UInt64 = 0
        package var recovered: UInt64 = 0
        package var published: UInt64 = 0
        package var delivered: UInt64 = 0
        package var replayed: UInt64 = 0
        package var spooled: UInt64 = 0
        package var deadLettered: UInt64 = 0
        package var deleted: UInt64 = 0
        package var damaged: UInt64 = 0
        package var pending: UInt64 = 0
        package var lagRecords: UInt64 = 0
        package var outages: UInt64 = 0
        package var rebuilds: UInt64 = 0
        package var spoolBytes: UInt64 = 0
        package var droppedBySpool: UInt64 = 0
        package var lagSeconds = 0.0
        package var phase = ""
        package var trouble = ""

        package init() {}
    }

    package struct Accuracy: Equatable, Sendable {
        package var model = ""
        package var version: UInt64 = 0
        package var horizonFrom: UInt32 = 0
        package var horizonTo: UInt32 = 0
        package var points: UInt64 = 0
        package var mae = 0.0
        package var smape = 0.0
        package var coveragePoints: UInt64 = 0
        package var coverage = 0.0

        package init() {}
    }

    package struct Replies: Equatable, Sendable {
        package var code: StatusCode
        package var count: UInt64

        package init(code: StatusCode, count: UInt64) {
            self.code = code
            self.count = count
        }
    }

    package var uptimeMicroseconds: UInt64 = 0
    package var framesReceived: UInt64 = 0
    package var replies: [Replies] = []
    package var framesAbandoned: UInt64 = 0
    package var requestsInFlight: UInt64 = 0
    package var connectionsAccepted: UInt64 = 0
    package var connectionsRefused: UInt64 = 0
    package var connectionsOpen: UInt32 = 0
    package var bytesReceived: UInt64 = 0
    package var bytesSent: UInt64 = 0
    package var workers: UInt32 = 0
    package var workerBusyMicroseconds: UInt64 = 0
    package var models: [Model] = []
    package var isDraining = false
    package var isReady = false
    package var cache = Cache()
    package var admission = Admission()
    package var inlineRuns: UInt64 = 0
    package var watchdogStops: UInt64 = 0
    package var stuckWorkers: UInt32 = 0
    /// nil: events are not recorded.
    package var events: Events?
    package var accuracy: [Accuracy] = []

    package init() {}
}
