import Synchronization

/// How much of one model's work has been admitted: what a newcomer's finish is predicted from. The
/// admitting thread adds, the threads that run requests move and take away.
package final class ModelLoad: Sendable {
    /// Runs that waiting requests will need, one row each.
    private let waiting = Atomic<Int>(0)
    /// Requests that are neither answered by who computes them nor dropped.
    private let held = Atomic<Int>(0)
    /// Requests in lanes.
    private let running = Atomic<Int>(0)

    package init() {}

    package var waitingRuns: Int { max(0, waiting.load(ordering: .relaxed)) }
    package var activeRequests: Int { max(0, running.load(ordering: .relaxed)) }

    /// Requests to be computed that have not come to their end.
    package var heldRequests: Int { max(0, held.load(ordering: .relaxed)) }

    package func addWaiting(runs: Int) {
        held.add(1, ordering: .relaxed)
        waiting.add(runs, ordering: .relaxed)
    }

    /// A waiting request was taken from its queue.
    package func take(runs: Int) {
        waiting.subtract(runs, ordering: .relaxed)
    }

    /// A request has come to its end; called before its answer is sent, so that whoever has the answer finds
    /// the place free.
    package func end() {
        held.subtract(1, ordering: .relaxed)
    }

    package func addActive() {
        running.add(1, ordering: .relaxed)
    }

    package func removeActive() {
        running.subtract(1, ordering: .relaxed)
    }
}
