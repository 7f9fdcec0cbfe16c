/// Runs models. Implementations are chosen once at start; everything per run goes through a runner.
package protocol Engine: Sendable {
    /// For example `onnxruntime`.
    var name: String { get }
    var version: String { get }

    /// Builds a model from the bytes of its file, which are not needed afterwards.
    func load(_ model: RawSpan) throws(EngineError) -> any LoadedModel
}

/// A model in memory, shared by all threads.
package protocol LoadedModel: AnyObject, Sendable {
    var signature: ModelSignature { get }

    /// A runner for one thread.
    /// - Parameter variants: how many bindings of each tensor are kept side by side; at least 1.
    func makeRunner(variants: Int) throws(EngineError) -> any ModelRunner
}

/// Runs a model on one thread at a time, on memory that the caller owns and that must stay where it is
/// until it is bound anew or the runner is gone.
package protocol ModelRunner: AnyObject {
    /// Takes `data` as input `index`. Binding the same memory with the same shape as the variant's last
    /// costs nothing, so that a batch of each size may keep its own.
    /// - Parameters:
    ///   - variant: which of the bindings kept side by side is made or used again; counted from 0.
    ///   - shape: extents, outermost first; at most `Limits.tensorRank`.
    func bindInput(
        _ index: Int, variant: Int, shape: Span<Int64>, data: UnsafeMutableRawPointer, byteCount: Int
    ) throws(EngineError)

    /// Has output `index` written to `data`, whose size must be what the model makes.
    func bindOutput(
        _ index: Int, variant: Int, shape: Span<Int64>, data: UnsafeMutableRawPointer, byteCount: Int
    ) throws(EngineError)

    /// Has the engine provide output `index`'s memory, as it does before anything is bound.
    func unbindOutput(_ index: Int)

    /// Which outputs to compute: bit `n` is output `n`. All of them at first. The set is never empty.
    func selectOutputs(_ wanted: UInt64)

    func run() throws(EngineError)

    /// Output `index` of the last run, which must have been selected; nothing may have been bound, unbound or
    /// selected anew among the outputs since.
    func output(_ index: Int) throws(EngineError) -> TensorView

    /// Makes a run in progress on another thread, and all after it, end soon with an error, until
    /// `clearTermination`. Any thread may call it.
    func terminate()

    /// Runs may go on after a `terminate` has had its effect; for the thread that runs.
    func clearTermination()
}
