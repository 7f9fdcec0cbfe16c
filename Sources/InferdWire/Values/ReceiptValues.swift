/// Where the time of one request went, in microseconds; 0: the stage did not run.
package struct ReceiptValues: Equatable, Sendable {
    package var receive: Float = 0
    package var queue: Float = 0
    package var decode: Float = 0
    package var precheck: Float = 0
    package var checkUniform: Float = 0
    package var prepareFrame: Float = 0
    package var window: Float = 0
    package var model: Float = 0
    package var inverseScale: Float = 0
    package var metrics: Float = 0
    package var serialize: Float = 0
    package var publish: Float = 0
    /// From the frame's first byte until the receipt was written.
    package var total: Float = 0
    /// Runs of the model.
    package var modelRuns: UInt32 = 0
    /// Most rows that shared one of those runs.
    package var batchRows: UInt32 = 0
    /// Counted from 1; 0: the I/O thread.
    package var worker: UInt32 = 0

    package init() {}
}
