import InferdTestSupport
import Testing

@testable import inferd_bench

/// The yardstick of the benchmarks under open load.
struct IdealSchedulerTests {
    private typealias Job = IdealScheduler.Job

    /// A run of 1 row takes 100, of 2 rows 150, of 4 rows 250.
    private let costs = StepCosts([(1, 100), (4, 250), (2, 150)])

    @Test func costsBetweenMeasurementsLieOnALine() {
        #expect((1...4).map { costs[$0] } == [100, 150, 200, 250])
        #expect(costs.maximumRows == 4)
        #expect(costs.perRow == 62.5)
    }

    @Test func aRequestAloneTakesItsSteps() {
        #expect(IdealScheduler(costs: costs).latencies(of: [Job(arrival: 1_000, steps: 3)]) == [300])
    }

    @Test func aNewcomerJoinsAtTheNextStepAndLeavesWhenItIsDone() {
        let jobs = [Job(arrival: 0, steps: 3), Job(arrival: 50, steps: 1)]
        // Steps end at 100, then, shared, at 250, then at 350.
        #expect(IdealScheduler(costs: costs).latencies(of: jobs) == [350, 200])
    }

    @Test func whoFindsNoPlaceWaitsForOne() {
        let jobs = (0..<5).map { _ in Job(arrival: 0, steps: 2) }
        #expect(IdealScheduler(costs: costs).latencies(of: jobs) == [500, 500, 500, 500, 700])
    }

    @Test func whatCannotBeDoneInTimeIsRefused() {
        let jobs = (0..<9).map { _ in Job(arrival: 0, steps: 2) }
        let scheduler = IdealScheduler(costs: costs, deadline: 600)
        let latencies = scheduler.latencies(of: jobs)
        #expect(latencies.prefix(4).allSatisfy { $0 == 500 })
        // At 500 two steps are too many.
        #expect(latencies.dropFirst(4).allSatisfy { $0 == nil })
        #expect(scheduler.sortedNanoseconds(of: jobs) == [500_000, 500_000, 500_000, 500_000])
    }

    /// Whatever comes, nobody is faster than alone, nobody waits who could run, and no step is lost.
    @Test func theProcessorIsNeverIdleWhileSomethingWaits() throws {
        try SeedSweep.run("theProcessorIsNeverIdleWhileSomethingWaits", seeds: 500) { generator in
            var time = 0.0
            let jobs = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                time += Double.random(in: 0...400, using: &generator)
                return Job(arrival: time, steps: Int.random(in: 1...10, using: &generator))
            }
            let latencies = IdealScheduler(costs: costs).latencies(of: jobs)
            for (job, latency) in zip(jobs, latencies) {
                try require((latency ?? 0) >= 99.999 * Double(job.steps), "\(job) took \(latency ?? 0)")
            }
            let end = zip(jobs, latencies).map { $0.arrival + ($1 ?? 0) }.max() ?? 0
            // One at a time from the last arrival on is the slowest way that is never idle.
            let work = jobs.map { Double($0.steps) * 100 }.reduce(0, +)
            try require(end <= time + work + 0.001, "the end is at \(end)")
        }
    }
}
