@testable import InferdEngine

/// A runner that keeps the memory alive which it is bound to.
final class BoundRunner {
    let runner: any ModelRunner
    private var kept: [TensorBuffer] = []

    init(_ model: any LoadedModel) throws(EngineError) {
        runner = try model.makeRunner(variants: 1)
    }

    func bindInput(_ index: Int, _ shape: [Int64], _ buffer: TensorBuffer) throws(EngineError) {
        kept.append(buffer)
        try unsafe runner.bindInput(
            index, variant: 0, shape: shape.span, data: buffer.address, byteCount: buffer.byteCount)
    }

    func bindOutput(_ index: Int, _ shape: [Int64], _ buffer: TensorBuffer) throws(EngineError) {
        kept.append(buffer)
        try unsafe runner.bindOutput(
            index, variant: 0, shape: shape.span, data: buffer.address, byteCount: buffer.byteCount)
    }

    func run() throws(EngineError) {
        try runner.run()
    }

    /// Copies an output of the last run.
    func read<Element: BitwiseCopyable>(
        _ index: Int, as type: Element.Type
    ) throws(EngineError) -> (shape: [Int64], values: [Element]) {
        let view = try unsafe runner.output(index)
        let shape = unsafe (0..<view.rank).map { unsafe view.extents[$0] }
        let count = unsafe view.bytes.count / MemoryLayout<Element>.stride
        let values = (0..<count).map {
            unsafe view.bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: type)
        }
        return (shape, values)
    }
}
