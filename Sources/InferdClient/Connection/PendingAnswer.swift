import InferdBase

/// A request that was sent, and the answer it will have.
///
/// It is answered exactly once: by the daemon, by its deadline or by the end of the connection,
/// whichever comes first. Keep the client until then; a client that goes ends its connection.
public final class PendingAnswer: Sendable {
    typealias Outcome = Result<Answer<ReplyBody>, ClientError>

    private struct State {
        var outcome: Outcome?
        var continuations: [CheckedContinuation<Outcome, Never>] = []
    }

    /// Names the request on its connection.
    public let id: RequestID
    private let state = Locked(State())
    private let signal = Signal()
    private let withdraw: @Sendable (RequestID) -> Void

    /// `withdraw` asks the daemon not to go on with the request.
    init(id: RequestID, withdraw: @escaping @Sendable (RequestID) -> Void) {
        self.id = id
        self.withdraw = withdraw
    }

    /// Blocks the calling thread until the answer is there. Not for `async` code.
    public func wait() throws(ClientError) -> Answer<ReplyBody> {
        signal.wait()
        guard let outcome = state.withLock({ $0.outcome }) else { preconditionFailure("signalled without an outcome") }
        return try outcome.get()
    }

    /// The answer, once it is there. A task that is cancelled meanwhile withdraws the request.
    public var value: Answer<ReplyBody> {
        get async throws(ClientError) {
            try await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let outcome = state.withLock { state -> Outcome? in
                        if state.outcome == nil { state.continuations.append(continuation) }
                        return state.outcome
                    }
                    if let outcome { continuation.resume(returning: outcome) }
                }
            } onCancel: {
                cancel()
            }.get()
        }
    }

    /// Asks the daemon to drop the request. It is answered either way: `refused` with `cancelled` when
    /// the daemon could still drop it.
    public func cancel() {
        withdraw(id)
    }

    /// Called once, with no lock held.
    func finish(_ outcome: Outcome) {
        let continuations = state.withLock { state in
            precondition(state.outcome == nil, "a request is answered once")
            state.outcome = outcome
            defer { state.continuations = [] }
            return state.continuations
        }
        signal.post()
        for continuation in continuations {
            continuation.resume(returning: outcome)
        }
    }
}
