import InferdBase
import InferdEngine
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdScheduler

struct ForecastLaneTests {
    private static func model(_ generator: inout SeededGenerator) throws -> StubForecast {
        let mode = StubForecast.Mode.allCases.randomElement(using: &generator) ?? .direct
        return try StubForecast(
            mode, window: Int.random(in: 1...5, using: &generator),
            chunk: Int.random(in: 1...3, using: &generator),
            quantiles: Bool.random(using: &generator) ? [] : [0.1, 0.5, 0.75])
    }

    private static func horizon(_ generator: inout SeededGenerator) -> Int {
        Int.random(in: 1...StubForecast.maximumHorizon, using: &generator)
    }

    /// Holds what the lanes gave against the plain loops.
    private static func compare(
        _ driver: LaneDriver, _ requests: [PredictValues], _ model: StubForecast
    ) throws(PropertyFailure) {
        for (place, request) in requests.enumerated() {
            let outcome = driver.outcomes[UInt32(place)]
            let target = request.channels[0].values.last.map { Float($0) }
            switch target {
            case StubForecast.poison:
                try require(
                    outcome == .refused(RequestError(.failedPrecondition, "the model failed: poison"))
                        || outcome == .dropped, "\(place) is poison: \(String(describing: outcome))")
            case StubForecast.hole:
                guard case .refused(let error) = outcome else {
                    try require(outcome == .dropped, "\(place) has no answer: \(String(describing: outcome))")
                    continue
                }
                try require(error.message.contains("not finite"), "\(place): \(error)")
            default:
                if outcome == .dropped { continue }
                let expected = model.expected(request)
                try require(
                    outcome == .answered(.predict(expected)),
                    "\(model.mode) \(place): \(String(describing: outcome)), not \(expected)")
            }
        }
    }

    @Test func answersAreThoseOfOneSeriesAlone() throws {
        try SeedSweep.run("answersAreThoseOfOneSeriesAlone", seeds: 400) { generator in
            let model = try Self.model(&generator)
            let rows = Int.random(in: 1...6, using: &generator)
            let driver = LaneDriver(
                try model.executor(StubEngine(model.signature, model.script), rows: rows))
            let requests = (0..<14).map { _ in model.request(horizon: Self.horizon(&generator), &generator) }
            try driver.run(requests.map { try RequestBody($0) }, rows: rows, &generator)
            try Self.compare(driver, requests, model)
        }
    }

    /// Poisonous inputs make the engine fail, others its output; some requests are dropped, and the engine
    /// fails now and then for no reason when it runs a batch.
    @Test func faultsOfSomeChangeNothingForOthers() throws {
        try SeedSweep.run("faultsOfSomeChangeNothingForOthers", seeds: 400) { generator in
            let model = try Self.model(&generator)
            let rows = Int.random(in: 1...6, using: &generator)
            let script = model.script.failing(EngineError(.failed, "a batch")) {
                // Every third size of a batch, whatever is in it.
                $0[0].rows > 1 && ($0[0].rows + model.window) % 3 == 0
            }
            let driver = LaneDriver(try model.executor(StubEngine(model.signature, script), rows: rows))
            let requests = (0..<14).map { _ in
                let targets: [Float?] = [StubForecast.poison, StubForecast.hole, nil, nil, nil]
                let target = targets.randomElement(using: &generator) ?? nil
                return model.request(horizon: Self.horizon(&generator), target: target, &generator)
            }
            try driver.run(requests.map { try RequestBody($0) }, rows: rows, dropping: 12, &generator)
            try Self.compare(driver, requests, model)
        }
    }

    @Test func requestThatDoesNotFitNeverJoins() throws {
        var generator = SeededGenerator(for: "requestThatDoesNotFitNeverJoins")
        let model = try StubForecast(.autoregressive)
        let driver = LaneDriver(try model.executor(StubEngine(model.signature, model.script), rows: 4))
        var requests = (0..<6).map { _ in model.request(horizon: 4, &generator) }
        requests[1].horizon = UInt32(StubForecast.maximumHorizon + 1)
        requests[3].channels[0].values[0] = .nan
        requests[4].future = []
        try driver.run(requests.map { try RequestBody($0) }, rows: 4, &generator)
        for place in [1, 3, 4] as [UInt32] {
            guard case .refused(let error) = driver.outcomes[place] else {
                Issue.record("\(place) was answered")
                continue
            }
            #expect(error.code == .invalidArgument)
        }
        for place in [0, 2, 5] {
            #expect(driver.outcomes[UInt32(place)] == .answered(.predict(model.expected(requests[place]))))
        }
    }

    // Who shares a run.

    private struct Scene {
        let model: StubForecast
        let engine: StubEngine
        let executor: ModelExecutor
        let driver: LaneDriver

        init(_ mode: StubForecast.Mode, rows: Int) throws {
            model = try StubForecast(mode)
            engine = StubEngine(model.signature, model.script)
            executor = try model.executor(engine, rows: rows)
            driver = LaneDriver(executor)
        }

        func join(_ ticket: UInt32, horizon: Int, _ generator: inout SeededGenerator) throws {
            try driver.join(ticket, RequestBody(model.request(horizon: horizon, &generator)))
        }
    }

    @Test func requestsOfALaneShareItsRuns() throws {
        var generator = SeededGenerator(for: "requestsOfALaneShareItsRuns")
        let scene = try Scene(.autoregressive, rows: 4)
        for ticket in 0..<4 as Range<UInt32> {
            try scene.join(ticket, horizon: 5, &generator)
        }
        for _ in 0..<5 { try scene.driver.step(limit: 4) }
        #expect(scene.driver.active.isEmpty)
        #expect(scene.engine.runShapes == Array(repeating: [4, 4, 2], count: 5))
        #expect(scene.executor.counters.runs == 5)
        #expect(scene.executor.counters.rows == 20)
    }

    @Test func newcomerJoinsAtTheNextRunAndWaitsForNobodysHorizon() throws {
        var generator = SeededGenerator(for: "newcomerJoinsAtTheNextRunAndWaitsForNobodysHorizon")
        let scene = try Scene(.autoregressive, rows: 4)
        try scene.join(0, horizon: 9, &generator)
        for _ in 0..<3 { try scene.driver.step(limit: 4) }
        try scene.join(1, horizon: 2, &generator)
        for _ in 0..<2 { try scene.driver.step(limit: 4) }
        #expect(scene.driver.active == [0])
        for _ in 0..<4 { try scene.driver.step(limit: 4) }
        #expect(scene.driver.active.isEmpty)
        #expect(scene.engine.runShapes.map { $0[0] } == [1, 1, 1, 2, 2, 1, 1, 1, 1])
    }

    @Test func windowsAndSingleRowsTakeTurns() throws {
        var generator = SeededGenerator(for: "windowsAndSingleRowsTakeTurns")
        let scene = try Scene(.stateful, rows: 8)
        try scene.join(0, horizon: 9, &generator)
        try scene.driver.step(limit: 8)
        // While newcomers keep coming, who has begun goes on.
        for ticket in 1..<8 as Range<UInt32> {
            try scene.join(ticket, horizon: 9, &generator)
            try scene.driver.step(limit: 8)
        }
        let shapes = scene.engine.runShapes.dropFirst().map { $0[1] }
        #expect(shapes.count { $0 == 1 } >= 3 && shapes.count { $0 == 4 } >= 3, "\(shapes)")
    }

    @Test func limitBoundsARunsRows() throws {
        var generator = SeededGenerator(for: "limitBoundsARunsRows")
        let scene = try Scene(.direct, rows: 8)
        for ticket in 0..<5 as Range<UInt32> {
            try scene.join(ticket, horizon: 3, &generator)
        }
        while !scene.driver.active.isEmpty { try scene.driver.step(limit: 2) }
        #expect(scene.engine.runShapes.map { $0[0] } == [2, 2, 1])
        #expect(scene.driver.outcomes.count == 5)
    }

    @Test func poisonFailsAloneAfterOneMoreRunForEach() throws {
        var generator = SeededGenerator(for: "poisonFailsAloneAfterOneMoreRunForEach")
        let scene = try Scene(.direct, rows: 4)
        for ticket in 0..<3 as Range<UInt32> {
            try scene.join(ticket, horizon: 3, &generator)
        }
        let poison = scene.model.request(horizon: 3, target: StubForecast.poison, &generator)
        try scene.driver.join(3, RequestBody(poison))
        try scene.driver.step(limit: 4)
        #expect(scene.engine.runShapes.map { $0[0] } == [4, 1, 1, 1, 1])
        #expect(
            scene.driver.outcomes[3] == .refused(RequestError(.failedPrecondition, "the model failed: poison")))
        #expect(scene.driver.outcomes.count == 4)
    }

    @Test func costsFollowTheRunsByTheClockThatIsGiven() throws {
        var generator = SeededGenerator(for: "costsFollowTheRunsByTheClockThatIsGiven")
        let model = try StubForecast(.direct)
        let clock = VirtualClock()
        var script = model.script
        script.latency = { UInt64($0[0].rows) * 50_000 }
        let costs = CostModel(maximumBatch: 4)
        // What was expected before is far too much.
        costs.set(100_000, rows: 1)
        let engine = StubEngine(model.signature, script, clock: clock)
        let driver = LaneDriver(try model.executor(engine, rows: 4, costs: costs, clock: clock))
        for ticket in 0..<200 as Range<UInt32> {
            try driver.join(ticket, RequestBody(model.request(horizon: 1, &generator)))
            try driver.step(limit: 4)
        }
        #expect(abs(costs.microseconds(rows: 1) - 50) < 1)
    }

    @Test func modelServesRightAfterItWasWarmedUp() throws {
        var generator = SeededGenerator(for: "modelServesRightAfterItWasWarmedUp")
        for mode in StubForecast.Mode.allCases {
            let scene = try Scene(mode, rows: 4)
            for rows in 1...4 {
                #expect(scene.executor.warmUp(rows: rows, runs: 2) != nil)
            }
            let requests = (0..<6).map { _ in scene.model.request(horizon: 4, &generator) }
            try scene.driver.run(requests.map { try RequestBody($0) }, rows: 4, &generator)
            try Self.compare(scene.driver, requests, scene.model)
        }
    }
}
