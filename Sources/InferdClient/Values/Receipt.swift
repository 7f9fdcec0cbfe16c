/// Where the time of one request went, in microseconds; 0: the stage did not run.
public struct Receipt: Hashable, Sendable {
    /// From the frame's first byte until the request was handed to a queue.
    public var receive: Float = 0
    /// In the queue, until a worker took it.
    public var queue: Float = 0
    /// Decoding the body.
    public var decode: Float = 0
    /// Shapes, lengths, finite values, limits.
    public var precheck: Float = 0
    /// Time stamps checked, gaps filled.
    public var checkUniform: Float = 0
    /// Channels put in the model's order, calendar features.
    public var prepareFrame: Float = 0
    /// Scaling the last points into the model's input.
    public var window: Float = 0
    /// The model's own runs.
    public var model: Float = 0
    /// Back to the target's unit.
    public var inverseScale: Float = 0
    /// Errors against the actuals.
    public var metrics: Float = 0
    /// Encoding the reply's body.
    public var serialize: Float = 0
    /// Handing the prediction's event over.
    public var publish: Float = 0
    /// From the frame's first byte until the receipt was written.
    public var total: Float = 0
    /// Runs of the model.
    public var modelRuns: UInt32 = 0
    /// Most rows that shared one of those runs.
    public var batchRows: UInt32 = 0
    /// Worker that ran the request, counted from 1; 0: the I/O thread.
    public var worker: UInt32 = 0

    /// A receipt of nothing.
    public init() {}

    /// The stages in their order, by the names the daemon's logs use.
    public var stages: [(name: String, microseconds: Float)] {
        [
            ("receive", receive), ("queue", queue), ("decode", decode), ("precheck", precheck),
            ("check_uniform", checkUniform), ("prepare_frame", prepareFrame), ("window", window), ("model", model),
            ("inverse_scale", inverseScale), ("metrics", metrics), ("serialize", serialize), ("publish", publish),
        ]
    }
}
