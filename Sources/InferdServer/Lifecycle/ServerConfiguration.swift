package import InferdBase

/// What the daemon is told at start. Every value has been checked by whoever made it, but for what
/// only the start itself can find out.
package struct ServerConfiguration: Equatable, Sendable {
    package enum WorkerCount: Equatable, Sendable {
        /// One for each processor the process may use.
        case automatic
        case fixed(Int)
    }

    /// Greatest number of workers; the set of sleeping workers is one word.
    package static let maximumWorkers = 64

    /// Folder of the model repository.
    package var modelsPath: String
    package var listen: [Endpoint]
    package var workers: WorkerCount
    /// The ONNX Runtime library; nil: looked for beside the executable, then where the system looks.
    package var onnxRuntimePath: String?
    /// Bytes of a frame's message, uncompressed.
    package var frameBytes: Int
    /// Bytes of requests in flight and of the replies expected for them, in all and for one connection.
    var heldBytes = Limits.heldBytes
    var heldBytesPerConnection = Limits.heldBytesPerConnection
    /// A request whose model is expected to cost less runs on the I/O thread when that has nothing
    /// else to do; 0: never.
    package var inlineBudgetMicroseconds: Int
    /// Bytes of answers that are kept; 0: none.
    package var cacheBytes = Limits.cacheBytes
    /// How long an answer is kept where neither its model nor the settings say; 0: not at all.
    package var cacheMilliseconds = Limits.cacheMilliseconds
    /// Bytes that models may take in memory, as estimated from their files; 0: no limit.
    package var memoryBudgetBytes = 0
    /// A run of a model that takes longer is told to stop; 0: never.
    package var watchdogMilliseconds = 10_000
    /// Settings of models that have none of their own.
    package var modelDefaults = ModelSettings(queueLength: Limits.queueLength)
    /// By model.
    package var modelSettings: [String: ModelSettings] = [:]
    package var events = EventSettings()
    /// How long requests in flight may take to finish once the daemon is told to stop.
    package var drainGraceMilliseconds: Int
    /// Listen on addresses other hosts can reach, without encryption or a token.
    package var allowRemote: Bool
    /// Least level that is logged.
    package var logLevel: String

    package init(
        modelsPath: String = "", listen: [Endpoint] = [], workers: WorkerCount = .automatic,
        onnxRuntimePath: String? = nil, frameBytes: Int = Limits.defaultFrameBytes,
        inlineBudgetMicroseconds: Int = 200, drainGraceMilliseconds: Int = 10_000, allowRemote: Bool = false,
        logLevel: String = "info"
    ) {
        self.modelsPath = modelsPath
        self.listen = listen
        self.workers = workers
        self.onnxRuntimePath = onnxRuntimePath
        self.frameBytes = frameBytes
        self.inlineBudgetMicroseconds = inlineBudgetMicroseconds
        self.drainGraceMilliseconds = drainGraceMilliseconds
        self.allowRemote = allowRemote
        self.logLevel = logLevel
    }

    package func settings(of model: String) -> ModelSettings {
        modelSettings[model] ?? modelDefaults
    }

    /// Throws what must keep a daemon so configured from starting and can be told before anything is
    /// opened or loaded.
    package func check() throws(ServerError) {
        try events.check()
        for endpoint in listen { try Listener.check(endpoint, allowRemote: allowRemote) }
    }
}
