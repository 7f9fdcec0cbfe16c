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

    /// What becomes of the events of forecasts.
    public struct EventCounters: Hashable, Sendable {
        /// Events committed, of forecasts and of their scores: from there on they survive the process.
        public var committed: UInt64 = 0
        /// Forecasts that had an event a short while ago, so that they have no other.
        public var deduplicated: UInt64 = 0
        /// Forecasts, or scores of forecasts, without an event: the ring had no room.
        public var droppedRingFull: UInt64 = 0
        /// Forecasts without an event: it would be longer than the ring can hold.
        public var droppedTooLarge: UInt64 = 0
        /// Requests refused because the ring had no room.
        public var rejected: UInt64 = 0
        /// Events that earlier lives of the daemon left in rings and spool.
        public var recovered: UInt64 = 0
        /// Messages handed to the producer; again for each replay.
        public var published: UInt64 = 0
        /// Events that a broker has accepted.
        public var delivered: UInt64 = 0
        /// Messages that were out when the broker failed and were handed out again.
        public var replayed: UInt64 = 0
        /// Events moved into the spool.
        public var spooled: UInt64 = 0
        /// Events that no broker will ever take, set aside.
        public var deadLettered: UInt64 = 0
        /// Events deleted from the spool undelivered, because it was full or they were too old.
        public var deleted: UInt64 = 0
        /// Events found damaged in the spool.
        public var damaged: UInt64 = 0
        /// Events in rings and spool now, not delivered.
        public var pending: UInt64 = 0
        /// Events that are to go further and have not: to the broker, or into the spool without one.
        public var lagRecords: UInt64 = 0
        /// Times that the broker was given up on.
        public var outages: UInt64 = 0
        /// Producers made anew because of a fatal error.
        public var rebuilds: UInt64 = 0
        /// Bytes of the spool.
        public var spoolBytes: UInt64 = 0
        /// Events given up after they were committed: longer than the spool can hold.
        public var droppedBySpool: UInt64 = 0
        /// For how long there have been events that are to go further; 0: there are none.
        public var lagSeconds: Double = 0
        /// `recording`, `online`, `settling`, `spooling`, `draining` or `rebuilding`.
        public var phase: String = ""
        /// What somebody has to do something about; empty: nothing.
        public var trouble: String = ""

        /// Counters at zero.
        public init() {}
    }

    /// How good one version of a model was, so many steps ahead.
    public struct ForecastAccuracy: Hashable, Sendable {
        /// The model's name.
        public var model: String
        /// The model's version.
        public var version: UInt64
        /// The steps ahead that are counted together; the first step of a forecast is 1.
        public var horizon: ClosedRange<UInt32>
        /// Forecast points that were compared with what came.
        public var points: UInt64 = 0
        /// Mean absolute error, in the target's unit.
        public var mae: Double = 0
        /// Symmetric relative error as a fraction from 0 to 2.
        public var smape: Double = 0
        /// Fraction of what came that lies within the outermost pair of the forecasts' quantiles; nil: they had
        /// none.
        public var coverage: Double?

        /// An accuracy without points.
        public init(model: String, version: UInt64, horizon: ClosedRange<UInt32>) {
            self.model = model
            self.version = version
            self.horizon = horizon
        }
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
    /// What becomes of events; nil: they are not recorded.
    public var events: EventCounters?
    /// How good forecasts were whose future has come; empty unless the daemon is configured to score them.
    public var accuracy: [ForecastAccuracy] = []

    /// Counters at zero.
    public init() {}
}
