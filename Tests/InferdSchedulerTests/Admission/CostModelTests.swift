import InferdTestSupport
import Testing

@testable import InferdScheduler

struct CostModelTests {
    @Test func sizesBetweenMeasuredOnesLieOnTheLine() {
        let costs = CostModel(maximumBatch: 16)
        #expect(costs.microseconds(rows: 3) == 0)
        costs.set(100, rows: 2)
        costs.set(300, rows: 6)
        #expect(costs.microseconds(rows: 2) == 100)
        #expect(costs.microseconds(rows: 3) == 150)
        #expect(costs.microseconds(rows: 5) == 250)
        // Fewer rows than the fewest cost as much at most, more than the most by the row.
        #expect(costs.microseconds(rows: 1) == 100)
        #expect(costs.microseconds(rows: 12) == 600)
        #expect(costs.microseconds(rows: 100) == costs.microseconds(rows: 16))
        #expect(costs.costs.map(\.rows) == [2, 6])
    }

    @Test func firstMeasurementIsTakenAsItIs() {
        let costs = CostModel(maximumBatch: 4)
        costs.note(250, rows: 2)
        #expect(costs.microseconds(rows: 2) == 250)
    }

    @Test func nonsenseIsNotBelieved() {
        let costs = CostModel(maximumBatch: 4)
        costs.set(100, rows: 1)
        for nonsense in [Double.nan, .infinity, -5, 0] {
            costs.set(nonsense, rows: 1)
        }
        #expect(costs.microseconds(rows: 1) == 100)
    }

    /// True costs of a run by its rows, rising.
    private static func costs(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
        var total = Double.random(in: 5...500, using: &generator)
        return (0..<count).map { _ in
            total += Double.random(in: 0...200, using: &generator)
            return total
        }
    }

    @Test func rowsWithinALimitAreTheMostThatFit() throws {
        try SeedSweep.run("rowsWithinALimitAreTheMostThatFit", seeds: 1_000) { generator in
            let maximum = Int.random(in: 1...40, using: &generator)
            var truth = Self.costs(maximum, &generator)
            // One that was held up while it was measured.
            truth[Int.random(in: 0..<maximum, using: &generator)] *= 3
            let costs = CostModel(maximumBatch: maximum)
            for rows in 1...maximum where rows == 1 || Int.random(in: 0..<3, using: &generator) == 0 {
                costs.set(truth[rows - 1], rows: rows)
            }
            let dearest = truth.max() ?? 0
            let limit = Double.random(in: 0...dearest * 1.2, using: &generator)
            let fitting = (1...maximum).filter { costs.microseconds(rows: $0) <= limit }
            let expected = limit == 0 ? maximum : fitting.max() ?? 1
            let rows = costs.rows(within: limit)
            try require(rows == expected, "\(rows) rows within \(limit), not \(expected)")
            for rows in 1...maximum {
                let cost = costs.microseconds(rows: rows)
                try require(cost > 0, "\(rows) rows cost \(cost)")
                try require(cost <= dearest * Double(maximum), "\(rows) rows cost \(cost)")
            }
        }
    }

    @Test func estimatesFollowWhatRunsCost() throws {
        try SeedSweep.run("estimatesFollowWhatRunsCost", seeds: 300) { generator in
            let maximum = Int.random(in: 1...16, using: &generator)
            let truth = Self.costs(maximum, &generator)
            let costs = CostModel(maximumBatch: maximum)
            costs.set(Double.random(in: 1...100_000, using: &generator), rows: 1)
            for _ in 0..<200 * maximum {
                let rows = Int.random(in: 1...maximum, using: &generator)
                costs.note(truth[rows - 1] * Double.random(in: 0.95...1.05, using: &generator), rows: rows)
            }
            for rows in 1...maximum {
                let estimate = costs.microseconds(rows: rows)
                try require(
                    abs(estimate - truth[rows - 1]) <= 0.06 * truth[rows - 1],
                    "\(rows) rows: \(estimate), in truth \(truth[rows - 1])")
            }
        }
    }

    @Test func oneRunThatWasHeldUpChangesLittle() {
        let costs = CostModel(maximumBatch: 1)
        costs.set(100, rows: 1)
        costs.note(1_000_000, rows: 1)
        #expect(costs.microseconds(rows: 1) <= 131)
    }

    /// While the machine was busy with something else, all sizes seemed dear; a lane whose size is capped by
    /// its cost must come back to the size that it had.
    @Test func laneThatShrankWhenRunsSeemedDearGrowsAgain() throws {
        try SeedSweep.run("laneThatShrankWhenRunsSeemedDearGrowsAgain", seeds: 40) { generator in
            let maximum = Int.random(in: 2...16, using: &generator)
            let first = Double.random(in: 20...500, using: &generator)
            let perRow = Double.random(in: 0...first, using: &generator)
            func truth(_ rows: Int) -> Double { first + perRow * Double(rows - 1) }
            let costs = CostModel(maximumBatch: maximum)
            var rows = 1
            while rows < maximum {
                costs.set(truth(rows), rows: rows)
                rows *= 2
            }
            costs.set(truth(maximum), rows: maximum)
            let limit = Double.random(in: 1.05...1.5, using: &generator) * truth(maximum)
            try require(costs.rows(within: limit) == maximum, "the lane is not full to begin with")
            let factor = Double.random(in: 2...50, using: &generator)
            for _ in 0..<200 {
                let rows = costs.rows(within: limit)
                costs.note(truth(rows) * factor, rows: rows)
            }
            for _ in 0..<20_000 {
                let rows = costs.rows(within: limit)
                costs.note(truth(rows), rows: rows)
            }
            let found = costs.rows(within: limit)
            try require(found >= maximum - maximum / 8, "\(found) of \(maximum) rows: \(costs.costs), limit \(limit)")
        }
    }
}
