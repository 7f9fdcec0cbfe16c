/// The daemon's counters since it started.
public struct ServerStatistics: Hashable, Sendable {
    /// Replies of one status.
    public struct StatusCount: Hashable, Sendable {
        /// gRPC's name of the status, `OK` included.
        public var name: String
        /// Replies.
        public var count: UInt64

        /// A count from its parts.
        public init(name: String, count: UInt64) {
            self.name = name
            self.count = count
        }
    }

    /// Counters of one version of a model.
    public struct ModelCounters: Hashable, Sendable {
        /// The model's name.
        public var name: String
        /// The model's version.
        public var version: UInt64
        /// Number of the load.
        public var generation: UInt64 = 0
        /// Requests that were computed, or wait for it.
        public var requests: UInt64 = 0
        /// Runs of the engine.
        public var engineRuns: UInt64 = 0
        /// Rows in those runs.
        public var engineRows: UInt64 = 0
        /// Microseconds spent in the engine.
        public var engineMicroseconds: UInt64 = 0
        /// Requests waiting now.
        public var queued: UInt32 = 0
        /// Requests being computed now.
        public var active: UInt32 = 0

        /// Counters at zero.
        public init(name: String, version: UInt64) {
            self.name = name
            self.version = version
        }
    }

    /// The cache of answers, and computations shared by identical requests.
    public struct CacheCounters: Hashable, Sendable {
        /// Requests answered from the cache.
        public var hits: UInt64 = 0
        /// Requests that found no answer that was fresh enough.
        public var misses: UInt64 = 0
        /// Of these, requests that joined a computation in flight.
        public var coalesced: UInt64 = 0
        /// Requests that asked for the cache to be left alone.
        public var bypassed: UInt64 = 0
        /// Answers put in.
        public var insertions: UInt64 = 0
        /// Answers given up for want of room.
        public var evictions: UInt64 = 0
        /// Answers given up because they were too old.
        public var expirations: UInt64 = 0
        /// Answers held now.
        public var entries: UInt64 = 0
        /// Their bytes.
        public var bytes: UInt64 = 0
        /// Requests whose shared computation came to nothing and that were decided on anew.
        public var decidedAnew: UInt64 = 0

        /// Counters at zero.
        public init() {}
    }

    /// Requests for a model that were not computed to their end, by reason.
    public struct AdmissionCounters: Hashable, Sendable {
        /// The deadline had passed when the request was read.
        public var expiredAtArrival: UInt64 = 0
        /// Answered by the deadline's timer.
        public var expiredWaiting: UInt64 = 0
        /// Nobody waited for it any more when a lane was to take it.
        public var droppedAtFormation: UInt64 = 0
        /// Nobody waited for it any more between two of its runs.
        public var abandonedBetweenSteps: UInt64 = 0
        /// Withdrawn by its caller.
        public var cancelled: UInt64 = 0
        /// Refused: too many requests wait for the model.
        public var refusedQueue: UInt64 = 0
        /// Refused: too many requests for the model are in the daemon.
        public var refusedConcurrency: UInt64 = 0
        /// Refused: the answer would have come too late.
        public var refusedDeadline: UInt64 = 0
        /// Refused: the requests in flight take too much memory.
        public var refusedBytes: UInt64 = 0
        /// Refused: the daemon holds as many requests as it can.
        public var refusedRecords: UInt64 = 0

        /// Counters at zero.
        public init() {}
    }

    /// Microseconds since start.
    public var uptimeMicroseconds: UInt64 = 0
    /// Request frames received whole.
    public var framesReceived: UInt64 = 0
    /// Replies by status.
    public var replies: [StatusCount] = []
    /// Requests whose connection was gone before the reply.
    public var framesAbandoned: UInt64 = 0
    /// Frames received that have no reply yet.
    public var requestsInFlight: UInt64 = 0
    /// Connections accepted.
    public var connectionsAccepted: UInt64 = 0
    /// Connections refused.
    public var connectionsRefused: UInt64 = 0
    /// Connections open now.
    public var connectionsOpen: UInt32 = 0
    /// Bytes read from connections.
    public var bytesReceived: UInt64 = 0
    /// Bytes written to connections.
    public var bytesSent: UInt64 = 0
    /// Worker threads.
    public var workers: UInt32 = 0
    /// Microseconds they spent working, together.
    public var workerBusyMicroseconds: UInt64 = 0
    /// Counters by model.
    public var models: [ModelCounters] = []
    /// The daemon has begun to shut down.
    public var isDraining: Bool = false
    /// Requests may be sent there.
    public var isReady: Bool = false
    /// The cache, and shared computations.
    public var cache: CacheCounters = CacheCounters()
    /// Requests that were not computed to their end.
    public var admission: AdmissionCounters = AdmissionCounters()
    /// Requests that the I/O thread ran itself.
    public var inlineRuns: UInt64 = 0
    /// Runs of a model that took too long and were told to stop.
    public var watchdogStops: UInt64 = 0
    /// Workers whose run has taken too long and has not ended yet.
    public var stuckWorkers: UInt32 = 0

    /// Counters at zero.
    public init() {}
}
