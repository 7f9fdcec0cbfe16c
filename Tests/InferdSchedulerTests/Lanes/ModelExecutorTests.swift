import Foundation
import InferdBase
import InferdEngine
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdScheduler

/// Both kinds of lanes beside each other, and runs that are told to end.
struct ModelExecutorTests {
    /// `infer` for a forecasting model: its one input is the window.
    private static func windows(_ model: StubForecast, target: Float = 1) throws -> RequestBody {
        let shape = [1, Int64(model.window), Int64(StubForecast.columns)]
        let values = Array(repeating: target, count: model.window * StubForecast.columns)
        return try RequestBody(inputs: [TensorValues("window", shape, values)])
    }

    @Test func inferRequestsDoNotHoldForecastsUp() throws {
        var generator = SeededGenerator(for: "inferRequestsDoNotHoldForecastsUp")
        let model = try StubForecast(.autoregressive)
        let driver = LaneDriver(try model.executor(StubEngine(model.signature, model.script), rows: 8))
        let request = model.request(horizon: 5, &generator)
        try driver.join(0, RequestBody(request))
        for ticket in 1...20 as ClosedRange<UInt32> where driver.active.contains(0) {
            try driver.join(ticket, Self.windows(model))
            try driver.step(limit: 8)
        }
        #expect(driver.outcomes[0] == .answered(.predict(model.expected(request))))
        #expect(driver.steps <= 10)
    }

    @Test func forecastsDoNotHoldInferRequestsUp() throws {
        var generator = SeededGenerator(for: "forecastsDoNotHoldInferRequestsUp")
        let model = try StubForecast(.autoregressive)
        let driver = LaneDriver(try model.executor(StubEngine(model.signature, model.script), rows: 8))
        try driver.join(0, RequestBody(model.request(horizon: 9, &generator)))
        try driver.step(limit: 8)
        try driver.join(1, Self.windows(model))
        try driver.step(limit: 8)
        try driver.step(limit: 8)
        #expect(driver.outcomes[1] != nil)
        #expect(driver.active == [0])
    }

    @Test func bothKindsAreAnsweredAsAlone() throws {
        try SeedSweep.run("bothKindsAreAnsweredAsAlone", seeds: 200) { generator in
            let model = try StubForecast(.autoregressive)
            let alone = try model.executor(StubEngine(model.signature, model.script), rows: 1)
            let driver = LaneDriver(try model.executor(StubEngine(model.signature, model.script), rows: 5))
            let bodies = try (0..<12).map { _ in
                let target: Float? = Int.random(in: 0..<6, using: &generator) == 0 ? StubForecast.poison : nil
                return Bool.random(using: &generator)
                    ? try Self.windows(model, target: target ?? Float(Int.random(in: 0...9, using: &generator)))
                    : try RequestBody(model.request(horizon: 4, target: target, &generator))
            }
            try driver.run(bodies, rows: 5, dropping: 20, &generator)
            for (place, body) in bodies.enumerated() {
                let outcome = driver.outcomes[UInt32(place)]
                let expected = alone.answer(body)
                try require(
                    outcome == expected || outcome == .dropped,
                    "\(place): \(String(describing: outcome)), alone \(expected)")
            }
        }
    }

    @Test func modelWithoutADescriptionServesInferOnly() throws {
        var generator = SeededGenerator(for: "modelWithoutADescriptionServesInferOnly")
        let executor = try StubRows.executor(StubEngine(StubRows.signature, StubRows.script), rows: 2)
        let forecast = try RequestBody(StubForecast(.direct).request(horizon: 1, &generator))
        guard case .refused(let error) = executor.answer(forecast) else {
            Issue.record("a plain model has made a forecast")
            return
        }
        #expect(error.code == .failedPrecondition)
        let request = StubRows.Request(rows: 2, &generator)
        #expect(executor.answer(try request.body) == request.expected)
    }

    // Termination.

    private static let stopped = LaneDriver.Outcome.refused(
        RequestError(.deadlineExceeded, "the model ran for too long and was stopped"))

    /// A model that hangs for some targets.
    private static func hangingEngine(_ model: StubForecast) -> StubEngine {
        var script = model.script
        script.hangs = { $0[0].floats.contains(777) }
        return StubEngine(model.signature, script)
    }

    /// Steps while another thread tells the run to end.
    private static func stepAndTerminate(
        _ driver: LaneDriver, _ executor: ModelExecutor, _ engine: StubEngine
    ) throws {
        let isOver = DispatchSemaphore(value: 0)
        let thread = Thread {
            if engine.waitForHangs(1) { executor.terminate() }
            isOver.signal()
        }
        thread.start()
        defer { isOver.wait() }
        try driver.step(limit: 8)
    }

    @Test(arguments: [BodyKind.predict, .infer])
    func runThatHangsIsEndedAndTheNextOnesOfEitherKindRun(kind: BodyKind) throws {
        var generator = SeededGenerator(for: "runThatHangsIsEndedAndTheNextOnesOfEitherKindRun")
        let model = try StubForecast(.autoregressive)
        let engine = Self.hangingEngine(model)
        let executor = try model.executor(engine, rows: 8)
        let driver = LaneDriver(executor)
        let hanging =
            kind == .infer
            ? try Self.windows(model, target: 777)
            : try RequestBody(model.request(horizon: 3, target: 777, &generator))
        try driver.join(0, hanging)
        try Self.stepAndTerminate(driver, executor, engine)
        #expect(driver.outcomes[0] == Self.stopped)
        // Whoever comes next has done nothing wrong.
        let request = model.request(horizon: 3, &generator)
        try driver.join(1, Self.windows(model))
        try driver.join(2, RequestBody(request))
        while !driver.active.isEmpty { try driver.step(limit: 8) }
        #expect(driver.outcomes[2] == .answered(.predict(model.expected(request))))
        guard case .answered = driver.outcomes[1] else {
            Issue.record("\(driver.outcomes)")
            return
        }
    }

    @Test func companyOfARunThatHangsIsToldSo() throws {
        var generator = SeededGenerator(for: "companyOfARunThatHangsIsToldSo")
        let model = try StubForecast(.direct)
        let engine = Self.hangingEngine(model)
        let executor = try model.executor(engine, rows: 8)
        let driver = LaneDriver(executor)
        try driver.join(0, RequestBody(model.request(horizon: 3, target: 777, &generator)))
        try driver.join(1, RequestBody(model.request(horizon: 3, &generator)))
        try Self.stepAndTerminate(driver, executor, engine)
        #expect(driver.outcomes == [0: Self.stopped, 1: Self.stopped])
        #expect(engine.runs == 1)
    }

    @Test func terminationThatCameTooLateIsTakenBack() throws {
        var generator = SeededGenerator(for: "terminationThatCameTooLateIsTakenBack")
        let model = try StubForecast(.direct)
        let executor = try model.executor(StubEngine(model.signature, model.script), rows: 8)
        let request = model.request(horizon: 3, &generator)
        executor.terminate()
        executor.clearTermination()
        #expect(executor.answer(try RequestBody(request)) == .answered(.predict(model.expected(request))))
    }

    @Test func terminationBetweenRunsEndsTheNextOneOnly() throws {
        var generator = SeededGenerator(for: "terminationBetweenRunsEndsTheNextOneOnly")
        let model = try StubForecast(.direct)
        let executor = try model.executor(StubEngine(model.signature, model.script), rows: 8)
        let request = model.request(horizon: 3, &generator)
        executor.terminate()
        #expect(executor.answer(try RequestBody(request)) == Self.stopped)
        #expect(executor.answer(try RequestBody(request)) == .answered(.predict(model.expected(request))))
        guard case .answered = executor.answer(try Self.windows(model)) else {
            Issue.record("a run of the other kind was stopped, too")
            return
        }
    }
}
