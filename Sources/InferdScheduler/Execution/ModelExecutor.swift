package import InferdBase
package import InferdEngine
package import InferdForecast
package import InferdModels
package import InferdWire

/// Runs requests of one model on one thread, from the body's bytes to the reply's body. All memory it
/// needs is its own and kept.
@safe
package final class ModelExecutor: @unchecked Sendable {
    /// What a request may be told between runs: throws when nobody waits for it any more.
    package typealias Check = () throws(RequestError) -> Void

    package let counters = ModelCounters()
    private let tensors: TensorExecutor
    private let forecasts: ForecastExecutor?

    /// - Parameters:
    ///   - forecast: the model's plan and description; nil for a plain model.
    ///   - maximumReplyBytes: an `infer` reply's tensors must not be larger.
    ///   - clock: what stages are timed by.
    package init(
        name: String, version: UInt64, model: any LoadedModel,
        forecast: (plan: ForecastPlan, tensors: BundleDescription.TensorBindings)?,
        maximumReplyBytes: Int, clock: @escaping @Sendable () -> MonotonicTime
    ) throws(EngineError) {
        let identity = ModelIdentity(name: Array(name.utf8), version: version)
        tensors = TensorExecutor(
            identity: identity, signature: model.signature, runner: try model.makeRunner(),
            maximumReplyBytes: maximumReplyBytes, counters: counters, clock: clock)
        if let forecast {
            forecasts = try ForecastExecutor(
                identity: identity, plan: forecast.plan, bindings: forecast.tensors, signature: model.signature,
                runner: model.makeRunner(), counters: counters, clock: clock)
        } else {
            forecasts = nil
        }
    }

    /// Computes a `predict` body and writes the reply's body.
    /// - Parameters:
    ///   - arena: holds the decoded body; reset first.
    ///   - isWanted: asked before each run.
    package func predict(
        _ body: RawSpan, arena: inout MessageArena, receipt: inout ReceiptValues, reply: inout ReplyWriter,
        isWanted: Check
    ) throws(RequestError) {
        guard let forecasts else {
            throw RequestError(
                .failedPrecondition, "the model serves `infer` only: it has no description of a forecast",
                field: "model")
        }
        try forecasts.predict(body, arena: &arena, receipt: &receipt, reply: &reply, isWanted: isWanted)
    }

    /// Computes an `infer` body and writes the reply's body.
    package func infer(
        _ body: RawSpan, arena: inout MessageArena, receipt: inout ReceiptValues, reply: inout ReplyWriter,
        isWanted: Check
    ) throws(RequestError) {
        try tensors.infer(body, arena: &arena, receipt: &receipt, reply: &reply, isWanted: isWanted)
    }

    /// Runs the model on zeros, one row each, so that later runs find everything in place.
    /// - Returns: microseconds of the fastest run; nil when the model does not run on zeros.
    package func warmUp(runs: Int) -> Double? {
        tensors.warmUp(runs: runs)
    }

    /// The spread by which the last forecast's target was scaled: what errors are measured against.
    package var targetScale: Double { forecasts?.targetScale ?? 1 }

    /// Makes runs in progress end soon; any thread.
    package func terminate() {
        tensors.terminate()
        forecasts?.terminate()
    }
}

/// What replies say of the model.
struct ModelIdentity {
    /// UTF-8.
    let name: [UInt8]
    let version: UInt64
}
