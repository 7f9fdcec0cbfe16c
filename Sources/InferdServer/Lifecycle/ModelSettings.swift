/// How a model is served, as far as its own description leaves it open.
package struct ModelSettings: Equatable, Sendable {
    package enum VersionPolicy: Equatable, Sendable {
        /// Only the newest that passes its checks.
        case latest
        /// As many of the newest.
        case newest(Int)
        case all
    }

    package var versionPolicy = VersionPolicy.all
    /// Rows that may share a run; nil: what the bundle says, or `Limits.plainModelRows` for a plain model
    /// that passes the check for it.
    package var maximumBatch: Int?
    /// What a run of a lane may be expected to cost at most; 0: whatever `maximumBatch` rows cost.
    package var maximumStepMicroseconds = 0
    /// How long a request may wait for others to share its first run; 0: not at all.
    package var maximumQueueDelayMicroseconds = 0
    /// Requests in the daemon for this model; 0: as many as the queue's limit allows.
    package var maximumConcurrency = 0
    /// Requests that may wait for this model.
    package var queueLength: Int
    /// How long an answer is kept; nil: what the bundle says, or the daemon's default.
    package var timeToLiveMilliseconds: Int?

    package init(queueLength: Int) {
        self.queueLength = queueLength
    }
}
