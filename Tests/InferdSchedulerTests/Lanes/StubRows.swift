import InferdBase
import InferdEngine
import InferdTestSupport
import InferdWire

@testable import InferdScheduler

/// A plain model of a stub engine that works row by row, and its answers to one request.
///
/// Inputs `a`, float32 [?, ?], and `b`, int64 [?, 2]; outputs `scaled`, as `a`, and `next`, as `b`.
enum StubRows {
    /// The engine fails for runs in which `a` holds it.
    static let poison: Float = 4_096

    static let signature = ModelSignature(
        inputs: [
            TensorSpecification(name: "a", type: .float32, shape: [-1, -1]),
            TensorSpecification(name: "b", type: .int64, shape: [-1, 2]),
        ],
        outputs: [
            TensorSpecification(name: "scaled", type: .float32, shape: [-1, -1]),
            TensorSpecification(name: "next", type: .int64, shape: [-1, 2]),
        ])

    static let script = StubScript { inputs throws(EngineError) in
        let a = inputs[0].floats
        let b = integers(inputs[1].bytes)
        let width = a.isEmpty ? 1 : a.count / max(inputs[0].rows, 1)
        let scaled = a.enumerated().map { $0.element * 2 + Float(b[$0.offset / width * 2]) }
        return [
            StubTensor(shape: inputs[0].shape, floats: scaled),
            StubTensor(type: .int64, shape: inputs[1].shape, bytes: bytes(b.map { $0 &+ 1 })),
        ]
    }.failing(EngineError(.invalidInput, "poison")) { $0[0].floats.contains(poison) }

    static func executor(
        _ engine: StubEngine, rows: Int, replyBytes: Int = 1 << 20, costs: CostModel? = nil,
        clock: VirtualClock = VirtualClock()
    ) throws -> ModelExecutor {
        try ModelExecutor(
            name: "model", version: 3, model: engine.loaded, forecast: nil, maximumRows: rows,
            maximumReplyBytes: replyBytes, costs: costs ?? CostModel(maximumBatch: rows), clock: { clock.now })
    }

    private static func integers(_ bytes: [UInt8]) -> [Int64] {
        unsafe bytes.withUnsafeBytes { source in
            (0..<source.count / 8).map { unsafe source.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self) }
        }
    }

    private static func bytes(_ integers: [Int64]) -> [UInt8] {
        unsafe integers.withUnsafeBytes { unsafe Array($0) }
    }

    /// A request, in its own numbers.
    struct Request {
        let rows: Int
        let width: Int
        let a: [Float]
        let b: [Int64]
        /// Outputs wanted; empty: all.
        let outputs: [String]
        let isTurned: Bool

        init(
            rows: Int, width: Int = 2, outputs: [String] = [], isPoison: Bool = false,
            _ generator: inout SeededGenerator
        ) {
            self.rows = rows
            self.width = width
            var a = (0..<rows * width).map { _ in Float(Int.random(in: -99...99, using: &generator)) }
            if isPoison, !a.isEmpty { a[a.count - 1] = StubRows.poison }
            self.a = a
            b = (0..<rows * 2).map { _ in Int64.random(in: -99...99, using: &generator) }
            self.outputs = outputs
            isTurned = Bool.random(using: &generator)
        }

        var isPoison: Bool { a.contains(StubRows.poison) }

        /// The order of a request's tensors means nothing.
        var body: RequestBody {
            get throws {
                let tensors = [
                    TensorValues("a", [Int64(rows), Int64(width)], a), TensorValues("b", [Int64(rows), 2], b),
                ]
                return try RequestBody(inputs: isTurned ? tensors.reversed() : tensors, outputs: outputs)
            }
        }

        var expected: LaneDriver.Outcome {
            if isPoison {
                return .refused(
                    RequestError(
                        .invalidArgument, "the model refuses the inputs: poison", field: "infer.inputs"))
            }
            let scaled = a.enumerated().map { $0.element * 2 + Float(b[$0.offset / width * 2]) }
            let all = [
                TensorValues("scaled", [Int64(rows), Int64(width)], scaled),
                TensorValues("next", [Int64(rows), 2], b.map { $0 + 1 }),
            ]
            let wanted = outputs.isEmpty ? all : outputs.compactMap { name in all.first { $0.name == name } }
            return .answered(.infer(model: "model", version: 3, outputs: wanted))
        }
    }
}
