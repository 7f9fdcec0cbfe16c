/// When a newcomer would be answered, from what has been admitted and what runs have cost.
///
/// In a lane that is full, places come free at the rate at which all lanes together get work done, so a
/// newcomer begins once the runs waiting before it are done at that rate; its own runs then cost what runs
/// of such lanes cost. A lane that has room takes it at its next run.
package struct AdmissionEstimate: Equatable, Sendable {
    /// Microseconds until it begins.
    package let wait: Double
    /// Microseconds from there until it is answered.
    package let service: Double

    package var total: Double { wait + service }

    /// - Parameters:
    ///   - runs: that the newcomer needs.
    ///   - waitingRuns: of requests before it that wait.
    ///   - activeRequests: in lanes.
    ///   - rows: that share a run at most.
    ///   - share: of the workers' time that this model has, more than 0 and at most 1.
    package init(
        runs: Int, waitingRuns: Int, activeRequests: Int, rows: Int, workers: Int, share: Double, costs: CostModel
    ) {
        let lanes = Double(workers) * share
        let fullRun = costs.microseconds(rows: rows)
        wait = waitingRuns == 0 ? 0 : Double(waitingRuns) * fullRun / Double(rows) / lanes
        let company = min(rows, activeRequests / max(workers, 1) + 1)
        let run = waitingRuns == 0 ? costs.microseconds(rows: company) : fullRun
        service = Double(runs) * run / share
    }

    /// Milliseconds after which such a request may be admitted: when the wait has shrunk by what is too
    /// much now.
    /// - Parameter budget: microseconds that the request has.
    package func retryAfterMilliseconds(budget: Double) -> UInt32 {
        let excess = max(total - budget, 0) / 1000
        return UInt32(min(max(excess.rounded(.up), 1), 60_000))
    }
}
