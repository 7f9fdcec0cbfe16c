import InferdBase
package import InferdEngine
import Synchronization

/// An engine without a runtime: its one model gives back its input `x`, float32 [?, n], as `y`, once the
/// script lets it.
package final class StubEngine: Engine {
    /// Called by each run, on the thread that runs; may wait or throw.
    package typealias Script = @Sendable () throws(EngineError) -> Void

    private let script: Script
    private let model: ModelSignature
    private let runsCount = Atomic<Int>(0)

    package init(columns: Int64 = 4, _ script: @escaping Script = { () throws(EngineError) in }) {
        self.script = script
        model = ModelSignature(
            inputs: [TensorSpecification(name: "x", type: .float32, shape: [-1, columns])],
            outputs: [TensorSpecification(name: "y", type: .float32, shape: [-1, columns])])
    }

    package var name: String { "stub" }
    package var version: String { "0" }
    /// Runs so far, failed ones included.
    package var runs: Int { runsCount.load(ordering: .relaxed) }

    package func load(_ model: RawSpan) throws(EngineError) -> any LoadedModel {
        StubModel(signature: self.model) { [script, weak self] () throws(EngineError) in
            self?.runsCount.add(1, ordering: .relaxed)
            try script()
        }
    }
}

private final class StubModel: LoadedModel {
    let signature: ModelSignature
    private let script: StubEngine.Script

    init(signature: ModelSignature, script: @escaping StubEngine.Script) {
        self.signature = signature
        self.script = script
    }

    func makeRunner(variants: Int) throws(EngineError) -> any ModelRunner {
        StubRunner(script)
    }
}

@safe
private final class StubRunner: ModelRunner {
    private let script: StubEngine.Script
    private var shape: [Int64] = []
    private var input = unsafe UnsafeRawBufferPointer(start: nil, count: 0)

    init(_ script: @escaping StubEngine.Script) {
        self.script = script
    }

    func bindInput(
        _ index: Int, variant: Int, shape: Span<Int64>, data: UnsafeMutableRawPointer, byteCount: Int
    ) throws(EngineError) {
        self.shape = shape.indices.map { shape[$0] }
        unsafe input = UnsafeRawBufferPointer(start: data, count: byteCount)
    }

    func bindOutput(
        _ index: Int, variant: Int, shape: Span<Int64>, data: UnsafeMutableRawPointer, byteCount: Int
    ) throws(EngineError) {
        throw EngineError(.failed, "the stub writes nowhere")
    }

    func unbindOutput(_ index: Int) {}
    func selectOutputs(_ wanted: UInt64) {}

    func run() throws(EngineError) {
        try script()
    }

    func output(_ index: Int) throws(EngineError) -> TensorView {
        var extents = InlineArray<8, Int64>(repeating: 0)
        for (axis, extent) in shape.enumerated() {
            extents[axis] = extent
        }
        return unsafe TensorView(type: .float32, rank: shape.count, extents: extents, bytes: input)
    }

    func terminate() {}
    func clearTermination() {}
}
