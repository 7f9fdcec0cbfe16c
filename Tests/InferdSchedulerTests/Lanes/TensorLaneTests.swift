import InferdBase
import InferdEngine
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdScheduler

struct TensorLaneTests {
    @Test func everyRequestGetsItsOwnRows() throws {
        try SeedSweep.run("everyRequestGetsItsOwnRows", seeds: 500) { generator in
            let rows = Int.random(in: 1...6, using: &generator)
            let isPoisoned = Bool.random(using: &generator)
            let engine = StubEngine(StubRows.signature, StubRows.script)
            let driver = LaneDriver(try StubRows.executor(engine, rows: rows))
            let outputs = [[], ["next"], ["scaled"], ["next", "scaled"], ["scaled", "next"]]
            let requests = (0..<14).map { _ in
                StubRows.Request(
                    rows: Int.random(in: 0...4, using: &generator), width: Int.random(in: 1...2, using: &generator),
                    outputs: outputs.randomElement(using: &generator) ?? [],
                    isPoison: isPoisoned && Int.random(in: 0..<6, using: &generator) == 0, &generator)
            }
            try driver.run(
                requests.map { try $0.body }, rows: rows, dropping: isPoisoned ? 12 : nil, &generator)
            for (place, request) in requests.enumerated() {
                let outcome = driver.outcomes[UInt32(place)]
                try require(
                    outcome == request.expected || (isPoisoned && outcome == .dropped),
                    "\(place): \(String(describing: outcome)), not \(request.expected)")
            }
            // One request alone may have any number of rows, company has no more than fit.
            let most = max(rows, requests.map(\.rows).max() ?? 0)
            try require(engine.runShapes.allSatisfy { $0[0] <= most }, "\(engine.runShapes)")
        }
    }

    private struct Scene {
        let engine: StubEngine
        let executor: ModelExecutor
        let driver: LaneDriver

        init(_ signature: ModelSignature = StubRows.signature, _ script: StubScript = StubRows.script, rows: Int = 8)
            throws
        {
            engine = StubEngine(signature, script)
            executor = try StubRows.executor(engine, rows: rows)
            driver = LaneDriver(executor)
        }

        func finish() throws {
            while !driver.active.isEmpty { try driver.step(limit: 8) }
        }
    }

    @Test func requestsThatDifferInRowsOnlyShareARun() throws {
        var generator = SeededGenerator(for: "requestsThatDifferInRowsOnlyShareARun")
        let scene = try Scene()
        let requests = [1, 3, 2].map { StubRows.Request(rows: $0, &generator) }
        for (ticket, request) in requests.enumerated() {
            try scene.driver.join(UInt32(ticket), request.body)
        }
        try scene.driver.step(limit: 8)
        #expect(scene.engine.runShapes == [[6, 2]])
        for (ticket, request) in requests.enumerated() {
            #expect(scene.driver.outcomes[UInt32(ticket)] == request.expected)
        }
    }

    @Test func othersRunBesideThem() throws {
        var generator = SeededGenerator(for: "othersRunBesideThem")
        let scene = try Scene()
        let requests = [
            StubRows.Request(rows: 2, &generator),
            // Another shape, other outputs, no rows, and too many rows.
            StubRows.Request(rows: 2, width: 3, &generator),
            StubRows.Request(rows: 2, outputs: ["next"], &generator),
            StubRows.Request(rows: 0, &generator),
            StubRows.Request(rows: 7, &generator),
            // These go with the first, in whatever order they want the outputs.
            StubRows.Request(rows: 1, outputs: ["next", "scaled"], &generator),
            StubRows.Request(rows: 3, &generator),
        ]
        for (ticket, request) in requests.enumerated() {
            try scene.driver.join(UInt32(ticket), request.body)
        }
        try scene.finish()
        #expect(scene.engine.runShapes == [[6, 2], [2, 3], [2, 2], [0, 2], [7, 2]])
        for (ticket, request) in requests.enumerated() {
            #expect(scene.driver.outcomes[UInt32(ticket)] == request.expected)
        }
    }

    @Test func outputsThatNobodyWantsAreNotComputed() throws {
        var generator = SeededGenerator(for: "outputsThatNobodyWantsAreNotComputed")
        let scene = try Scene()
        for (names, mask) in [(["next"], 0b10), ([], 0b11), (["scaled"], 0b01), (["next", "scaled"], 0b11)] {
            let request = StubRows.Request(rows: 1, outputs: names, &generator)
            #expect(scene.executor.answer(try request.body) == request.expected)
            #expect(scene.engine.selection == UInt64(mask))
        }
    }

    @Test func poisonFailsAlone() throws {
        var generator = SeededGenerator(for: "poisonFailsAlone")
        let scene = try Scene()
        let requests = (0..<4).map { StubRows.Request(rows: 1, isPoison: $0 == 2, &generator) }
        for (ticket, request) in requests.enumerated() {
            try scene.driver.join(UInt32(ticket), request.body)
        }
        try scene.finish()
        #expect(scene.engine.runShapes.map { $0[0] } == [4, 1, 1, 1, 1])
        for (ticket, request) in requests.enumerated() {
            #expect(scene.driver.outcomes[UInt32(ticket)] == request.expected)
        }
    }

    @Test(arguments: [0, 1])
    func modelWhoseOutputHasNoRowForEachInputRowIsRunForEachAlone(added: Int) throws {
        var generator = SeededGenerator(for: "modelWhoseOutputHasNoRowForEachInputRowIsRunForEachAlone")
        let signature = ModelSignature(
            inputs: [TensorSpecification(name: "x", type: .float32, shape: [-1, 2])],
            outputs: [TensorSpecification(name: "sums", type: .float32, shape: [-1])])
        // One number in all, or one more than there are rows.
        let scene = try Scene(
            signature,
            StubScript { inputs throws(EngineError) in
                let sum = inputs[0].floats.reduce(0, +)
                let count = added == 0 ? 1 : inputs[0].rows + added
                return [StubTensor(shape: [Int64(count)], floats: Array(repeating: sum, count: count))]
            })
        let inputs = [1, 2, 3].map { rows in
            (0..<rows * 2).map { _ in Float(Int.random(in: -99...99, using: &generator)) }
        }
        for (ticket, input) in inputs.enumerated() {
            let tensor = TensorValues("x", [Int64(input.count / 2), 2], input)
            try scene.driver.join(UInt32(ticket), RequestBody(inputs: [tensor]))
        }
        try scene.finish()
        #expect(scene.engine.runShapes.map { $0[0] } == [6, 1, 2, 3])
        for (ticket, input) in inputs.enumerated() {
            let count = added == 0 ? 1 : input.count / 2 + added
            let sums = TensorValues("sums", [Int64(count)], Array(repeating: input.reduce(0, +), count: count))
            #expect(
                scene.driver.outcomes[UInt32(ticket)] == .answered(.infer(model: "model", version: 3, outputs: [sums])))
        }
    }

    /// A tensor without elements may claim any number of rows.
    @Test func emptyTensorsOfHugeExtentsHarmNobody() throws {
        var generator = SeededGenerator(for: "emptyTensorsOfHugeExtentsHarmNobody")
        let signature = ModelSignature(
            inputs: [TensorSpecification(name: "x", type: .float32, shape: [-1, -1])],
            outputs: [TensorSpecification(name: "y", type: .float32, shape: [-1, -1])])
        let scene = try Scene(signature, .echo)
        let shapes: [[Int64]] = [[1 << 62, 0], [1 << 62, 0], [1 << 33, 0], [0, 1 << 62], [2, 0], [3, 0]]
        for (ticket, shape) in shapes.shuffled(using: &generator).enumerated() {
            let tensor = TensorValues("x", shape, [] as [Float])
            try scene.driver.join(UInt32(ticket), RequestBody(inputs: [tensor]))
        }
        try scene.finish()
        #expect(scene.driver.outcomes.count == shapes.count)
        for (ticket, outcome) in scene.driver.outcomes {
            guard case .refused(let error) = outcome else { continue }
            #expect(
                error.code == .invalidArgument && error.field == "infer.inputs[0].shape", "\(ticket): \(error)")
        }
    }

    @Test func outputsThatNoReplyHoldsAreRefused() throws {
        var generator = SeededGenerator(for: "outputsThatNoReplyHoldsAreRefused")
        let engine = StubEngine(StubRows.signature, StubRows.script)
        let executor = try StubRows.executor(engine, rows: 8, replyBytes: 100)
        let driver = LaneDriver(executor)
        let small = StubRows.Request(rows: 2, &generator)
        try driver.join(0, small.body)
        try driver.join(1, StubRows.Request(rows: 5, &generator).body)
        while !driver.active.isEmpty { try driver.step(limit: 8) }
        #expect(driver.outcomes[0] == small.expected)
        guard case .refused(let error) = driver.outcomes[1] else {
            Issue.record("\(driver.outcomes)")
            return
        }
        #expect(error.code == .failedPrecondition)
    }

    /// Its first axis is no batch: a run of it is one run, whatever that axis' extent.
    @Test func costOfAModelWithoutABatchAxisIsFollowed() throws {
        let signature = ModelSignature(
            inputs: [TensorSpecification(name: "x", type: .float32, shape: [10, 4])],
            outputs: [TensorSpecification(name: "y", type: .float32, shape: [10, 4])])
        let clock = VirtualClock()
        var script = StubScript.echo
        script.latency = { _ in 80_000 }
        let engine = StubEngine(signature, script, clock: clock)
        let costs = CostModel(maximumBatch: 1)
        costs.set(1_000_000, rows: 1)
        let executor = try StubRows.executor(engine, rows: 1, costs: costs, clock: clock)
        let body = try RequestBody(inputs: [TensorValues("x", [10, 4], Array(repeating: Float(1), count: 40))])
        for _ in 0..<200 {
            _ = executor.answer(body)
        }
        #expect(abs(costs.microseconds(rows: 1) - 80) < 1)
        #expect(executor.counters.rows == executor.counters.runs)
    }
}
