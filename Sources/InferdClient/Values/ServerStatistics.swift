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
        /// Requests that reached its queue.
        public var requests: UInt64 = 0
        /// Runs of the engine.
        public var engineRuns: UInt64 = 0
        /// Rows in those runs.
        public var engineRows: UInt64 = 0
        /// Microseconds spent in the engine.
        public var engineMicroseconds: UInt64 = 0
        /// Requests waiting now.
        public var queued: UInt32 = 0

        /// Counters at zero.
        public init(name: String, version: UInt64) {
            self.name = name
            self.version = version
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

    /// Counters at zero.
    public init() {}
}
