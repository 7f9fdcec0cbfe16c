import InferdModels
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdScheduler

/// Every bundle of the golden tests on the real engine: answers do not depend on who shares the batch.
struct GoldenLaneTests {
    private static let rows = 5

    @Test(arguments: GoldenModel.names)
    func companyChangesNoAnswer(name: String) throws {
        let model = try GoldenModel(name)
        let alone = try model.executor(rows: 1)
        let executor = try model.executor(rows: Self.rows)
        try SeedSweep.run("companyChangesNoAnswer", seeds: 4) { generator in
            let requests = (0..<12).map { _ in model.request(&generator) }
            let bodies = try requests.map { try RequestBody($0) }
            let driver = LaneDriver(executor)
            try driver.run(bodies, rows: Self.rows, dropping: 25, &generator)
            for (place, body) in bodies.enumerated() where driver.outcomes[UInt32(place)] != .dropped {
                let expected = alone.answer(body)
                try Self.compare(driver.outcomes[UInt32(place)], expected, scale: alone.targetScale)
            }
        }
    }

    @Test(arguments: GoldenModel.names)
    func answersInCompanyAreTheTrainedModels(name: String) throws {
        var generator = SeededGenerator(for: "answersInCompanyAreTheTrainedModels")
        let model = try GoldenModel(name)
        let executor = try model.executor(rows: Self.rows)
        let driver = LaneDriver(executor)
        let cases = model.cases
        // Each once more with strangers about it.
        let requests = (cases + cases).map(\.request).flatMap { [$0, model.request(&generator)] }
        try driver.run(requests.map { try RequestBody($0) }, rows: Self.rows, &generator)
        let alone = try model.executor(rows: 1)
        for (place, golden) in (cases + cases).enumerated() {
            _ = alone.answer(try RequestBody(golden.request))
            guard case .answered(.predict(let forecast)) = driver.outcomes[UInt32(2 * place)] else {
                Issue.record("\(place): \(String(describing: driver.outcomes[UInt32(2 * place)]))")
                continue
            }
            try Self.compare(forecast.values, golden.expectation.values, scale: alone.targetScale)
        }
    }

    private static func compare(
        _ found: LaneDriver.Outcome?, _ expected: LaneDriver.Outcome, scale: Double
    ) throws(PropertyFailure) {
        guard case .answered(.predict(let found)) = found, case .answered(.predict(let expected)) = expected else {
            throw PropertyFailure("\(String(describing: found)), alone \(expected)")
        }
        try require(found.timestamps == expected.timestamps, "other times")
        try compare(found.values, expected.values, scale: scale)
        try require(found.quantiles.map(\.level) == expected.quantiles.map(\.level), "other quantiles")
        for (left, right) in zip(found.quantiles, expected.quantiles) {
            try compare(left.values, right.values, scale: scale)
        }
    }

    private static func compare(_ found: [Double], _ expected: [Double], scale: Double) throws(PropertyFailure) {
        let tolerance = (expected.count == 1 ? 1e-5 : 1e-4)
        try require(found.count == expected.count, "\(found.count) values, not \(expected.count)")
        for (left, right) in zip(found, expected) {
            try require(abs(left - right) <= tolerance * max(abs(right), scale), "\(found), not \(expected)")
        }
    }
}
