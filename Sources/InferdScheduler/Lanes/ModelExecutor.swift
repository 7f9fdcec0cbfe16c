package import InferdBase
package import InferdEngine
package import InferdForecast
package import InferdModels
package import InferdWire
import Synchronization

/// One thread's lanes of one model: requests join between two runs, from the body's bytes, and leave as
/// replies' bodies. All memory that they need is the executor's own and kept.
@safe
package final class ModelExecutor: @unchecked Sendable {
    private enum Lane: UInt8, AtomicRepresentable {
        case none, tensors, forecasts
    }

    package let counters = ModelCounters()
    private let tensors: TensorLane
    private let forecasts: ForecastLane?
    /// Which lane's run is in progress, for `terminate`. Nothing else is read because of it.
    private let running = Atomic(Lane.none)
    /// Lanes take turns: the last run was of `infer` requests.
    private var lastWasTensors = false

    /// - Parameters:
    ///   - forecast: the model's plan and description; nil for a plain model.
    ///   - maximumRows: rows that may share a run.
    ///   - maximumReplyBytes: an `infer` reply's tensors must not be larger.
    ///   - costs: where the cost of each run is noted.
    ///   - clock: what stages are timed by.
    package init(
        name: String, version: UInt64, model: any LoadedModel,
        forecast: (plan: ForecastPlan, tensors: BundleDescription.TensorBindings)?, maximumRows: Int,
        maximumReplyBytes: Int, costs: CostModel, clock: @escaping @Sendable () -> MonotonicTime
    ) throws(EngineError) {
        let identity = ModelIdentity(name: Array(name.utf8), version: version)
        tensors = try TensorLane(
            identity: identity, model: model, maximumRows: maximumRows, maximumReplyBytes: maximumReplyBytes,
            counters: counters, costs: costs, clock: clock)
        if let forecast {
            forecasts = try ForecastLane(
                identity: identity, plan: forecast.plan, bindings: forecast.tensors, model: model,
                maximumRows: maximumRows, counters: counters, costs: costs, clock: clock)
        } else {
            forecasts = nil
        }
    }

    /// Requests in the lanes that are not finished.
    package var activeCount: Int { tensors.joinedCount + (forecasts?.activeCount ?? 0) }

    /// Requests of any kind that may join.
    package var room: Int { min(tensors.room, forecasts?.room ?? .max) }

    /// Takes a request in; it has not joined when this throws.
    /// - Parameters:
    ///   - ticket: what the caller knows the request by.
    ///   - receipt: stages so far.
    package func join(
        _ ticket: UInt32, kind: BodyKind, body: RawSpan, receipt: ReceiptValues
    ) throws(RequestError) {
        if kind == .infer {
            try tensors.join(ticket, body: body, receipt: receipt)
            return
        }
        guard let forecasts else {
            throw RequestError(
                .failedPrecondition, "the model serves `infer` only: it has no description of a forecast",
                field: "model")
        }
        try forecasts.join(ticket, body: body, receipt: receipt)
    }

    /// Drops the requests that `isWanted` denies and tells `left` of each; between two runs.
    package func drop(unless isWanted: (UInt32) -> Bool, left: (UInt32) -> Void) {
        tensors.drop(unless: isWanted, left: left)
        forecasts?.drop(unless: isWanted, left: left)
    }

    /// Runs the model once. Everything finished must have been taken before.
    /// - Parameter limit: rows of a forecast's run at most.
    package func step(limit: Int) {
        let hasForecasts = forecasts.map { $0.activeCount > 0 } ?? false
        let wantsTensors = tensors.joinedCount > 0 && !(lastWasTensors && hasForecasts)
        lastWasTensors = wantsTensors
        var wasTerminated = false
        if wantsTensors {
            running.store(.tensors, ordering: .relaxed)
            tensors.step()
            wasTerminated = tensors.wasTerminated
        } else if let forecasts {
            running.store(.forecasts, ordering: .relaxed)
            forecasts.step(limit: limit)
            wasTerminated = forecasts.wasTerminated
        }
        running.store(.none, ordering: .relaxed)
        if wasTerminated { clearTermination() }
    }

    // What is finished.

    /// Some finished request; nil when there is none.
    package func nextFinished() -> FinishedRequest? {
        tensors.nextFinished() ?? forecasts?.nextFinished()
    }

    package func receipt(_ request: FinishedRequest) -> ReceiptValues {
        request.kind == .infer ? tensors.receipt(request) : forecasts?.receipt(request) ?? ReceiptValues()
    }

    /// Writes the reply's body of a finished request that has not failed.
    package func write(
        _ request: FinishedRequest, receipt: inout ReceiptValues, reply: inout ReplyWriter
    ) throws(RequestError) {
        if request.kind == .infer {
            try tensors.write(request, receipt: &receipt, reply: &reply)
        } else {
            try forecasts?.write(request, receipt: &receipt, reply: &reply)
        }
    }

    /// Writes the event of a finished forecast whose reply was written.
    /// - Parameter room: at least `PredictionEventEncoder.encodedByteBound` bytes.
    /// - Returns: how many bytes the event has.
    package func writeEvent(
        _ request: FinishedRequest, _ head: EventHead, into room: consuming MutableRawSpan
    ) -> Int {
        guard request.kind == .predict, let forecasts else { preconditionFailure("only forecasts have events") }
        return forecasts.writeEvent(request, head, into: room)
    }

    /// Writes what the request of a finished forecast held of its series' past behind the event, which makes a
    /// `ScoredPrediction` of it.
    /// - Parameters:
    ///   - limit: points, the newest, that are written at most.
    ///   - eventBytes: what `writeEvent` has returned.
    ///   - room: the same as the event's, with `ScoredPrediction.addedByteBound` bytes more.
    /// - Returns: how many bytes the record has; nil: the series has no name, and nothing was written.
    package func writeObservations(
        _ request: FinishedRequest, limit: Int, after eventBytes: Int, into room: consuming MutableRawSpan
    ) -> Int? {
        forecasts?.writeObservations(request, limit: limit, after: eventBytes, into: room)
    }

    /// When the series of a forecast that was written has its next sample, in microseconds since the epoch.
    package func nextSampleDue(_ request: FinishedRequest) -> Int64? {
        request.kind == .infer ? nil : forecasts?.nextSampleDue(request)
    }

    /// The finished request's place is free again.
    package func release(_ request: FinishedRequest) {
        if request.kind == .infer {
            tensors.release(request)
        } else {
            forecasts?.release(request)
        }
    }

    // One request alone.

    /// Computes one body from beginning to end and writes the reply's body; the lanes must be empty.
    package func run(
        kind: BodyKind, body: RawSpan, receipt: inout ReceiptValues, reply: inout ReplyWriter
    ) throws(RequestError) {
        precondition(activeCount == 0)
        try join(0, kind: kind, body: body, receipt: receipt)
        while activeCount > 0 {
            step(limit: 1)
        }
        guard let finished = nextFinished() else { preconditionFailure("what has joined is finished") }
        defer { release(finished) }
        receipt = self.receipt(finished)
        if let failure = finished.failure { throw failure }
        try write(finished, receipt: &receipt, reply: &reply)
    }

    /// Runs the model on zeros, so that later runs of as many rows find everything in place.
    /// - Returns: microseconds of the fastest run; nil when the model does not run on zeros.
    package func warmUp(rows: Int, runs: Int) -> Double? {
        forecasts.map { $0.warmUp(rows: rows, runs: runs) } ?? tensors.warmUp(rows: rows, runs: runs)
    }

    /// The spread by which the last forecast's target was scaled: what errors are measured against.
    package var targetScale: Double { forecasts?.targetScale ?? 1 }

    /// Makes a run in progress, or the next one, end soon; any thread.
    package func terminate() {
        // Only the run in progress: the other lane's next one has done nothing wrong.
        let lane = running.load(ordering: .relaxed)
        if lane != .forecasts { tensors.terminate() }
        if lane != .tensors { forecasts?.terminate() }
    }

    /// Takes a `terminate` back that nothing has ended for; for the executor's thread.
    package func clearTermination() {
        tensors.clearTermination()
        forecasts?.clearTermination()
    }
}

/// What replies say of the model.
struct ModelIdentity {
    /// UTF-8.
    let name: [UInt8]
    let version: UInt64
}
