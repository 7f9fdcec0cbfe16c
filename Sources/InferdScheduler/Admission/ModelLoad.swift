import Synchronization

/// How much of one model's work has been admitted: what a newcomer's finish is predicted from. The
/// admitting thread adds, the threads that run requests move and take away.
package final class ModelLoad: Sendable {
    /// Runs that waiting requests will need, one row each.
    private let waiting = Atomic<Int>(0)
    /// Requests in lanes.
    private let running = Atomic<Int>(0)

    package init() {}

    package var waitingRuns: Int { max(0, waiting.load(ordering: .relaxed)) }
    package var activeRequests: Int { max(0, running.load(ordering: .relaxed)) }

    package func addWaiting(runs: Int) {
        waiting.add(runs, ordering: .relaxed)
    }

    /// A waiting request was taken from its queue.
    package func take(runs: Int) {
        waiting.subtract(runs, ordering: .relaxed)
    }

    package func addActive() {
        running.add(1, ordering: .relaxed)
    }

    package func removeActive() {
        running.subtract(1, ordering: .relaxed)
    }
}
