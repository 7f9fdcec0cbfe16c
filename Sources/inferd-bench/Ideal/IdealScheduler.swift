/// A scheduler that costs nothing but the model's own runs, simulated: the yardstick for latencies under
/// open load.
///
/// One processor runs the model step by step. Before each step it takes in whoever has come, in their
/// order, and whoever has had its last step leaves. It knows what a step costs and uses no time for anything
/// else.
struct IdealScheduler {
    let costs: StepCosts
    /// How long a request may take, in microseconds; one that could not be done in time is refused before
    /// its first step. Nil: as long as it likes.
    var deadline: Double?

    struct Job {
        /// Microseconds since the load began.
        let arrival: Double
        let steps: Int
    }

    /// Microseconds from arrival to end, by job; nil for one that was refused. Jobs come in the order of
    /// their arrival.
    func latencies(of jobs: [Job]) -> [Double?] {
        var latencies = [Double?](repeating: nil, count: jobs.count)
        var active: [(job: Int, stepsLeft: Int)] = []
        var next = 0
        var now = 0.0
        while next < jobs.count || !active.isEmpty {
            if active.isEmpty, jobs[next].arrival > now { now = jobs[next].arrival }
            while next < jobs.count, jobs[next].arrival <= now, active.count < costs.maximumRows {
                let end = now + Double(jobs[next].steps) * costs[active.count + 1]
                if deadline.map({ end <= jobs[next].arrival + $0 }) ?? true {
                    active.append((next, jobs[next].steps))
                }
                next += 1
            }
            if active.isEmpty { continue }
            now += costs[active.count]
            for index in active.indices { active[index].stepsLeft -= 1 }
            for row in active where row.stepsLeft == 0 { latencies[row.job] = now - jobs[row.job].arrival }
            active.removeAll { $0.stepsLeft == 0 }
        }
        return latencies
    }
}
