import InferdTestSupport
import Testing

@testable import InferdScheduler

struct AdmissionEstimateTests {
    /// A model in a daemon, with what newcomers meet.
    private struct Scene {
        let costs: CostModel
        let rows: Int
        let workers: Int
        let share: Double
        let runs: Int

        init(_ generator: inout SeededGenerator, runs: Int? = nil) {
            rows = Int.random(in: 1...32, using: &generator)
            workers = Int.random(in: 1...8, using: &generator)
            share = 1 / Double(Int.random(in: 1...4, using: &generator))
            self.runs = runs ?? Int.random(in: 1...200, using: &generator)
            costs = CostModel(maximumBatch: rows)
            let first = Double.random(in: 10...5_000, using: &generator)
            let last = first * Double.random(in: 1...Double(rows), using: &generator)
            costs.set(first, rows: 1)
            costs.set(max(first, last), rows: rows)
        }

        /// Microseconds of a full run.
        var fullRun: Double { costs.microseconds(rows: rows) }

        func estimate(waitingRuns: Int, active: Int) -> AdmissionEstimate {
            AdmissionEstimate(
                runs: runs, waitingRuns: waitingRuns, activeRequests: active, rows: rows, workers: workers,
                share: share, costs: costs)
        }
    }

    @Test func moreWaitingNeverMeansSooner() throws {
        try SeedSweep.run("moreWaitingNeverMeansSooner", seeds: 1_000) { generator in
            let scene = Scene(&generator)
            let active = Int.random(in: 0...scene.rows * scene.workers, using: &generator)
            var waiting = 0
            var last = scene.estimate(waitingRuns: 0, active: active)
            try require(last.wait == 0 && last.service > 0, "an idle model: \(last)")
            for _ in 0..<30 {
                waiting += Int.random(in: 1...50, using: &generator)
                let estimate = scene.estimate(waitingRuns: waiting, active: active)
                try require(estimate.total >= last.total, "\(waiting) waiting runs: \(estimate) after \(last)")
                try require(estimate.wait > last.wait, "\(waiting) waiting runs: \(estimate) after \(last)")
                last = estimate
            }
        }
    }

    @Test func retryAdviceIsOfUse() throws {
        try SeedSweep.run("retryAdviceIsOfUse", seeds: 1_000) { generator in
            let scene = Scene(&generator)
            let waiting = Int.random(in: 1...20_000, using: &generator)
            let estimate = scene.estimate(waitingRuns: waiting, active: scene.rows * scene.workers)
            // A budget that a model without a queue would keep to.
            let budget = estimate.service * Double.random(in: 1...1.5, using: &generator)
            let advice = estimate.retryAfterMilliseconds(budget: budget)
            try require(advice >= 1 && advice <= 60_000, "advice of \(advice) ms")
            if estimate.total <= budget || advice == 60_000 { return }
            // Meanwhile the lanes take waiting runs at the rate of full runs.
            let rate = Double(scene.rows) * Double(scene.workers) * scene.share / scene.fullRun
            func total(after milliseconds: UInt32) -> Double {
                let left = max(0, Double(waiting) - Double(milliseconds) * 1000 * rate)
                return scene.estimate(waitingRuns: Int(left.rounded(.down)), active: scene.rows * scene.workers).total
            }
            try require(total(after: advice) <= budget, "\(advice) ms are too few")
            // Runs are counted whole, and milliseconds, too.
            let slack = UInt32((1 / rate / 1000).rounded(.up)) + 2
            if advice > slack {
                try require(total(after: advice - slack) > budget, "\(advice) ms are too many")
            }
        }
    }

    /// A queue of one-run requests that is served run by run.
    @Test func whoComesBackWhenTheyAreToldIsAdmitted() throws {
        try SeedSweep.run("whoComesBackWhenTheyAreToldIsAdmitted", seeds: 500) { generator in
            let scene = Scene(&generator, runs: 1)
            var waiting = Int.random(in: 1...3_000, using: &generator)
            let budget = scene.fullRun / scene.share * Double.random(in: 2...3, using: &generator)
            var estimate = scene.estimate(waitingRuns: waiting, active: scene.rows * scene.workers)
            let first = Double(estimate.retryAfterMilliseconds(budget: budget)) * 1000
            if estimate.total <= budget || first == 60_000_000 { return }
            var clock = 0.0
            var runs = 0.0
            while estimate.total > budget {
                clock += Double(estimate.retryAfterMilliseconds(budget: budget)) * 1000
                // Each worker gives the model its share of the time, in whole runs.
                let done = (clock * scene.share / scene.fullRun).rounded(.down) * Double(scene.workers)
                waiting -= Int((done - runs) * Double(scene.rows))
                runs = done
                estimate = scene.estimate(waitingRuns: max(0, waiting), active: scene.rows * scene.workers)
            }
            // Only a run in progress, which frees no place before its end, may hold it up once more.
            let latest = first + scene.fullRun / scene.share + 2_000
            try require(clock <= latest, "admitted after \(clock) us; first told to wait \(first) us")
        }
    }
}
