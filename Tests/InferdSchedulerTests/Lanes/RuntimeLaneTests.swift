import Foundation
import InferdBase
import InferdEngine
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdScheduler

/// `infer` on the real engine, with the small models of the engine's own tests.
struct RuntimeLaneTests {
    private static func executor(_ name: String, rows: Int) throws -> ModelExecutor {
        let file = DaemonProcess.sourceRoot.appendingPathComponent("Tests/InferdEngineTests/Models/\(name).onnx")
        let content = try Data(contentsOf: file)
        var bytes = OwnedBytes(capacity: content.count)
        unsafe content.withUnsafeBytes { unsafe bytes.append(RawSpan(_unsafeBytes: $0)) }
        return try ModelExecutor(
            name: name, version: 1, model: try GoldenModel.load(bytes), forecast: nil,
            maximumRows: rows, maximumReplyBytes: 1 << 20, costs: CostModel(maximumBatch: rows),
            clock: MonotonicTime.now)
    }

    private static func floats(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
        (0..<count).map { _ in Float.random(in: -5...5, using: &generator) }
    }

    private static func tensors(
        _ model: String, rows: Int, _ generator: inout SeededGenerator
    ) -> [TensorValues] {
        let count = Int64(rows)
        switch model {
        case "linear":
            return [TensorValues("x", [count, 4], floats(rows * 4, &generator))]
        case "add_float32":
            return [
                TensorValues("a", [count, 3], floats(rows * 3, &generator)),
                TensorValues("b", [count, 3], floats(rows * 3, &generator)),
            ]
        case "several_outputs":
            return [TensorValues("x", [count], floats(rows, &generator).map(abs))]
        default:
            let picks = (0..<rows).map { _ in Int64.random(in: 0...3, using: &generator) }
            return [TensorValues("indices", [count], picks)]
        }
    }

    /// `pick` fails for one index in four.
    @Test(arguments: ["linear", "add_float32", "several_outputs", "pick"])
    func companyChangesNoTensor(model: String) throws {
        let alone = try Self.executor(model, rows: 1)
        let executor = try Self.executor(model, rows: 6)
        try SeedSweep.run("companyChangesNoTensor", seeds: 25) { generator in
            let bodies = try (0..<12).map { _ in
                let outputs = model == "several_outputs" && Bool.random(using: &generator) ? ["root", "double"] : []
                let rows = Int.random(in: 1...3, using: &generator)
                return try RequestBody(inputs: Self.tensors(model, rows: rows, &generator), outputs: outputs)
            }
            let driver = LaneDriver(executor)
            try driver.run(bodies, rows: 6, dropping: 25, &generator)
            for (place, body) in bodies.enumerated() where driver.outcomes[UInt32(place)] != .dropped {
                try Self.compare(driver.outcomes[UInt32(place)], alone.answer(body))
            }
        }
    }

    private static func compare(
        _ found: LaneDriver.Outcome?, _ expected: LaneDriver.Outcome
    ) throws(PropertyFailure) {
        guard case .answered(.infer(_, _, let found)) = found,
            case .answered(.infer(_, _, let expected)) = expected
        else {
            try require(found == expected, "\(String(describing: found)), alone \(expected)")
            return
        }
        try require(found.map(\.name) == expected.map(\.name), "other outputs")
        for (left, right) in zip(found, expected) {
            try require(left.shape == right.shape && left.type == right.type, "\(left), alone \(right)")
            let values = (
                StubTensor(type: .float32, shape: left.shape, bytes: left.data).floats,
                StubTensor(type: .float32, shape: right.shape, bytes: right.data).floats
            )
            let isClose = zip(values.0, values.1).allSatisfy { abs($0 - $1) <= 1e-5 * max(abs($1), 1) }
            try require(isClose, "\(values.0), alone \(values.1)")
        }
    }

    /// A tensor without elements may claim many rows; the runtime has a say, too.
    @Test func emptyTensorsHarmNobody() throws {
        let executor = try Self.executor("several_outputs", rows: 4)
        for _ in 0..<2 {
            let body = try RequestBody(inputs: [TensorValues("x", [0], [] as [Float])])
            guard case .answered(.infer(_, _, let outputs)) = executor.answer(body) else {
                Issue.record("an empty tensor was not answered")
                return
            }
            #expect(outputs.allSatisfy { $0.shape == [0] && $0.data.isEmpty })
        }
    }

    @Test func endlessRunIsEnded() throws {
        let executor = try Self.executor("loop", rows: 1)
        let endless = try RequestBody(inputs: [
            TensorValues("count", [], [Int64.max]), TensorValues("start", [1], [0] as [Float]),
        ])
        // Whether it comes before the run or into it, the run ends.
        let thread = Thread { executor.terminate() }
        thread.start()
        #expect(
            executor.answer(endless)
                == .refused(RequestError(.deadlineExceeded, "the model ran for too long and was stopped")))
        let short = try RequestBody(inputs: [
            TensorValues("count", [], [3 as Int64]), TensorValues("start", [1], [0.5] as [Float]),
        ])
        #expect(
            executor.answer(short)
                == .answered(.infer(model: "loop", version: 1, outputs: [TensorValues("end", [1], [3.5] as [Float])])))
    }
}
