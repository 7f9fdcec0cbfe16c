import CLinux
import InferdBase
import InferdEngine

/// Calls the engine in this process, as a worker of the daemon does: one thread, bound buffers.
final class EngineProbe {
    struct Result {
        /// Of one call, by the clock.
        let medianMicroseconds: Double
        /// Of one call, by this thread's CPU time.
        let cpuMicrosecondsPerCall: Double
    }

    /// What every call is given, by the model's inputs.
    let tensors: [RequestFrames.Tensor]
    private let runner: any ModelRunner
    /// Bound to the runner: their memory outlives it, for it is released first below.
    private var inputs: [InputBuffer] = []

    /// Rows that the demo model reads, where its graph leaves their number open.
    private static let window: Int64 = 48

    /// - Parameters:
    ///   - library: the path of the ONNX Runtime library.
    ///   - rows: of one call.
    init(model: [UInt8], library: String, rows: Int = 1) throws(BenchError) {
        do throws(EngineError) {
            let engine = try OnnxRuntimeEngine(libraryPath: library)
            // Bytes of integers: none of them is padding.
            let loaded = unsafe try engine.load(model.span.bytes)
            let tensors = loaded.signature.inputs.map { Self.tensor(of: $0, rows: rows) }
            self.tensors = tensors
            runner = try loaded.makeRunner(variants: 1)
            for (index, tensor) in tensors.enumerated() {
                let buffer = InputBuffer(tensor.data)
                inputs.append(buffer)
                unsafe try runner.bindInput(
                    index, variant: 0, shape: tensor.shape.span, data: buffer.address, byteCount: tensor.data.count)
            }
        } catch {
            throw BenchError("the engine: \(error.message)")
        }
    }

    /// Calls for `seconds`, at least once.
    func run(seconds: Double) throws(BenchError) -> Result {
        var latencies: [UInt32] = []
        let begin = MonotonicTime.now()
        let end = begin.advanced(byNanoseconds: UInt64(seconds * 1e9))
        let cpuBefore = inferd_thread_cpu_ns()
        var last = begin
        repeat {
            do throws(EngineError) {
                try runner.run()
            } catch {
                throw BenchError("the engine: \(error.message)")
            }
            let now = MonotonicTime.now()
            latencies.append(UInt32(clamping: now.nanoseconds(since: last)))
            last = now
        } while last < end
        let cpu = Double(inferd_thread_cpu_ns() - cpuBefore)
        let calls = Double(latencies.count)
        return Result(
            medianMicroseconds: Double(Statistics.percentile(0.5, of: latencies.sorted())) / 1000,
            cpuMicrosecondsPerCall: cpu / calls / 1000)
    }

    /// A tensor that fits the model's input: small values that differ.
    private static func tensor(of specification: TensorSpecification, rows: Int) -> RequestFrames.Tensor {
        var shape = specification.shape
        for axis in shape.indices where shape[axis] < 0 { shape[axis] = axis == 0 ? Int64(rows) : window }
        let count = Int(shape.reduce(1, *))
        let values = (0..<count).map { Float($0 * 37 % 101 - 50) / 50 }
        return RequestFrames.Tensor(
            name: specification.name, type: 1, shape: shape, data: ProbeModel.littleEndian(values))
    }
}
