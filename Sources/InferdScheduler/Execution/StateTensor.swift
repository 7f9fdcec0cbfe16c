import InferdBase
import InferdEngine
import InferdModels

/// A state that a stateful model carries from run to run: what goes in, and what comes out.
@safe
final class StateTensor {
    let inputIndex: Int
    let outputIndex: Int
    private let initial: Float
    private let shape: [Int64]
    private var input: OwnedBytes
    private var output: OwnedBytes

    /// The bundle's check has seen that all extents but the batch's are fixed.
    init(_ binding: BundleDescription.StateBinding, input: Int, output: Int, _ signature: ModelSignature) {
        inputIndex = input
        outputIndex = output
        initial = binding.initial
        var shape = signature.inputs[input].shape
        shape[binding.batchAxis] = 1
        self.shape = shape
        let elements = shape.reduce(1) { $0 * Int($1) }
        self.input = OwnedBytes(zeros: elements * MemoryLayout<Float>.size)
        self.output = OwnedBytes(zeros: elements * MemoryLayout<Float>.size)
    }

    func bind(to runner: any ModelRunner) throws(EngineError) {
        let shape = self.shape
        try unsafe runner.bindInput(inputIndex, shape: shape.span, data: input.baseAddress, byteCount: input.count)
        try unsafe runner.bindOutput(
            outputIndex, shape: shape.span, data: output.baseAddress, byteCount: output.count)
    }

    /// Begins a new series.
    func reset() {
        let elements = input.count / MemoryLayout<Float>.size
        var content = input.mutableSpan
        for index in 0..<elements {
            content.storeBytes(of: initial, toByteOffset: index * MemoryLayout<Float>.size, as: Float.self)
        }
    }

    /// What came out of the last run goes into the next. Copied, because binding other memory costs the
    /// runtime more than the few numbers a state has.
    func carryOn() {
        unsafe input.baseAddress.copyMemory(from: output.baseAddress, byteCount: input.count)
    }
}
