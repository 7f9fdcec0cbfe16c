import InferdBase
import InferdEngine
import InferdModels

/// A state that a stateful model carries from run to run, for all rows of a lane: each row's own between
/// the runs, gathered into one tensor before a run and scattered after it.
///
/// The batch may be any axis: a tensor of `rows` rows has the shape outer x rows x inner.
@safe
final class BatchState {
    let inputIndex: Int
    let outputIndex: Int
    private let initial: Float
    private let batchAxis: Int
    /// With 0 for the batch.
    private let shape: [Int64]
    private let outer: Int
    private let inner: Int
    // Memory that the runner is bound to; it never moves.
    private var input: OwnedBytes
    private var output: OwnedBytes
    /// Row after row, each outer x inner.
    private var rows: OwnedBytes

    /// The bundle's check has seen that all extents but the batch's are fixed.
    init(
        _ binding: BundleDescription.StateBinding, input: Int, output: Int, _ signature: ModelSignature,
        maximumRows: Int
    ) {
        inputIndex = input
        outputIndex = output
        initial = binding.initial
        batchAxis = binding.batchAxis
        var shape = signature.inputs[input].shape
        shape[batchAxis] = 0
        self.shape = shape
        outer = shape[..<batchAxis].reduce(1) { $0 * Int($1) }
        inner = shape[(batchAxis + 1)...].reduce(1) { $0 * Int($1) }
        let bytes = outer * inner * maximumRows * MemoryLayout<Float>.size
        self.input = OwnedBytes(zeros: bytes)
        self.output = OwnedBytes(zeros: bytes)
        rows = OwnedBytes(zeros: bytes)
    }

    /// Binds memory for `count` rows.
    func bind(to runner: any ModelRunner, count: Int, variant: Int) throws(EngineError) {
        var shape = self.shape
        shape[batchAxis] = Int64(count)
        let bytes = outer * inner * count * MemoryLayout<Float>.size
        try unsafe runner.bindInput(
            inputIndex, variant: variant, shape: shape.span, data: input.baseAddress, byteCount: bytes)
        try unsafe runner.bindOutput(
            outputIndex, variant: variant, shape: shape.span, data: output.baseAddress, byteCount: bytes)
    }

    /// Row `row` begins a new series.
    func reset(row: Int) {
        let values = unsafe floats(&rows) + row * outer * inner
        for index in 0..<outer * inner {
            unsafe values[index] = initial
        }
    }

    /// Row `row`'s state becomes row `place` of a run of `count` rows.
    func gather(row: Int, place: Int, count: Int) {
        let source = unsafe floats(&rows) + row * outer * inner
        let target = unsafe floats(&input)
        for index in 0..<outer {
            unsafe (target + (index * count + place) * inner).update(from: source + index * inner, count: inner)
        }
    }

    /// What came out as row `place` of a run of `count` rows is row `row`'s state.
    func scatter(row: Int, place: Int, count: Int) {
        let source = unsafe floats(&output)
        let target = unsafe floats(&rows) + row * outer * inner
        for index in 0..<outer {
            unsafe (target + index * inner).update(from: source + (index * count + place) * inner, count: inner)
        }
    }

    private func floats(_ bytes: inout OwnedBytes) -> UnsafeMutablePointer<Float> {
        unsafe bytes.baseAddress.assumingMemoryBound(to: Float.self)
    }
}
