/// What the daemon accepts and holds, in one place. `checkRelations()` asserts how the numbers hang
/// together; it runs at start and in a test.
package enum Limits {
    // Frames.

    /// Bytes of a frame's message, uncompressed, unless configured otherwise.
    package static let defaultFrameBytes = 8 << 20
    /// Least and greatest value that may be configured instead. What `hello` promises of histories and
    /// forecasts must fit the least.
    package static let minimumFrameBytes = 2 << 20
    package static let maximumFrameBytes = 256 << 20
    /// Fields at a message's top level; more are a sign of an attack, not of a caller.
    package static let topLevelFields = 256

    // Connections.

    package static let connections = 1024
    /// The request after these is not read until one is answered.
    package static let inFlightPerConnection = 64
    /// A frame begun must be whole within this time.
    package static let frameReadMilliseconds: UInt64 = 5_000
    /// Bytes waiting for a slow reader above which no more is read from it.
    package static let outputHighWaterBytes = 256 << 10
    /// A connection whose waiting output makes no progress for this long is closed.
    package static let outputStallMilliseconds: UInt64 = 10_000
    /// A peer that is silent for so long is asked whether it is still there, so often at this interval: one
    /// that vanished without a word gives its place back after two minutes.
    package static let keepAliveIdleSeconds: Int32 = 60
    package static let keepAliveIntervalSeconds: Int32 = 15
    package static let keepAliveProbes: Int32 = 4

    // Requests.

    package static let defaultTimeoutMilliseconds: UInt32 = 5_000
    package static let maximumTimeoutMilliseconds: UInt32 = 3_600_000
    /// Requests the daemon holds at once, in queues and in work.
    package static let requestsInFlight = 8192
    /// Requests waiting for one model, unless configured otherwise.
    package static let queueLength = 4096
    /// Bytes of requests in flight and of the replies expected for them, in all and for one connection.
    /// One request is taken whatever its size.
    package static let heldBytes = 512 << 20
    package static let heldBytesPerConnection = 128 << 20
    /// Bytes of answers that are kept, unless configured otherwise.
    package static let cacheBytes = 64 << 20
    /// How long an answer is kept, unless configured otherwise.
    package static let cacheMilliseconds = 5_000
    package static let modelNameBytes = 64
    package static let traceparentBytes = 128
    package static let clientNameBytes = 128
    package static let tokenBytes = 4096
    package static let pingPayloadBytes = 64 << 10

    // Predict.

    package static let historyPoints = 16_384
    package static let channels = 256
    package static let channelNameBytes = 64
    package static let seriesIDBytes = 256
    package static let horizon = 4096
    package static let quantiles = 32

    // Infer.

    package static let tensors = 64
    package static let tensorRank = 8
    package static let tensorNameBytes = 256

    // Models.

    /// Bytes of a bundle's model file.
    package static let modelFileBytes = 2 << 30
    /// Bytes of each other file of a bundle.
    package static let descriptionFileBytes = 16 << 20
    package static let modelsServed = 1024
    /// Rows of a run, whatever a bundle or a configuration says.
    package static let rowsPerRun = 256
    /// Bytes of each of a lane's buffers; a model whose rows are large shares its runs among fewer.
    package static let laneBufferBytes = 64 << 20
    /// Rows of a run of a plain model that does not mind company.
    package static let plainModelRows = 32
    /// Bytes that all states of a model may take for one row of a forecast. They are allocated before the
    /// model has answered its golden vectors; what real models need is a hundredth of this.
    package static let stateBytes = 64 << 20

    // Events.

    /// Bytes for events of each producing thread between its commits and their delivery, unless configured
    /// otherwise.
    package static let ringBytes = 8 << 20
    package static let ringBytesRange = 4 << 20...1 << 30
    /// Bytes of events on disk, unless configured otherwise.
    package static let spoolBytes = 1 << 30
    package static let spoolBytesRange = 1 << 20...1 << 50

    // Accuracy.

    /// Points of a request's past, the newest, that earlier forecasts are scored against.
    package static let scoredObservations = 512
    /// Series whose forecasts are followed, unless configured otherwise.
    package static let scoredSeries = 10_000
    package static let scoredSeriesRange = 1...1_000_000
    /// Forecast points of one series that wait for what comes, unless configured otherwise.
    package static let scoredPointsPerSeries = 512
    package static let scoredPointsPerSeriesRange = 1...65_536
    /// Forecasts of one series that are known again when they are made again.
    package static let scoredForecastsPerSeries = 64
    /// Versions of models that are told apart.
    package static let scoredModels = 256
    /// Ranges of steps ahead that are counted by themselves.
    package static let scoredBuckets = 16

    /// Traps when the limits contradict each other.
    package static func checkRelations() {
        precondition(minimumFrameBytes <= defaultFrameBytes && defaultFrameBytes <= maximumFrameBytes)
        // The longest history of one channel fits a frame with its time stamps.
        precondition(historyPoints * 2 * 8 < minimumFrameBytes)
        // A forecast with all quantiles and the longest horizon fits a frame.
        precondition(horizon * (quantiles + 2) * 8 < minimumFrameBytes)
        // So does a ping.
        precondition(pingPayloadBytes < minimumFrameBytes)
        // One connection cannot fill the daemon, and a queue cannot hold more than the daemon.
        precondition(inFlightPerConnection < queueLength)
        precondition(queueLength <= requestsInFlight)
        // A ping's echo never counts as a slow reader by itself.
        precondition(pingPayloadBytes < outputHighWaterBytes)
        precondition(defaultTimeoutMilliseconds <= maximumTimeoutMilliseconds)
        precondition(horizon <= historyPoints)
        // A frame of the usual size never fills a connection's share, nor a connection the daemon's.
        precondition(2 * defaultFrameBytes <= heldBytesPerConnection && heldBytesPerConnection < heldBytes)
        precondition(plainModelRows <= rowsPerRun)
        // What the ring holds the spool takes: a record has at most a quarter of its bytes.
        precondition(ringBytes < spoolBytes / 4)
        precondition(Limits.tensors <= topLevelFields)
        // The event of the longest forecast fits a ring, of which one record may take half.
        precondition(horizon * (quantiles + 2) * 8 < ringBytes / 4)
        // And what it is scored with, too.
        precondition(scoredObservations * 2 * 8 < ringBytes / 16)
        precondition(scoredPointsPerSeriesRange.contains(scoredPointsPerSeries))
    }
}
