import InferdBase
import InferdEngine
import Synchronization

/// Runs a stub's script on the memory that is bound, and holds who binds to what a runtime would hold
/// them to: variants within bounds, data as large as its shape says, outputs as large as they were bound.
@safe
final class StubRunner: ModelRunner {
    @safe
    private struct Binding {
        var shape: [Int64]
        var memory: UnsafeMutableRawBufferPointer
    }

    private let signature: ModelSignature
    private let script: StubScript
    private let clock: VirtualClock
    private let journal: StubJournal
    private let variants: Int
    private var inputs: [Binding?]
    private var bound: [Binding?]
    private var wanted: UInt64 = .max
    private var results: [StubTensor] = []
    /// Memory of outputs that nobody has bound.
    private var owned: FixedArray<OwnedBytes>
    private let isTerminated = Atomic(false)

    init(
        _ signature: ModelSignature, _ script: StubScript, _ clock: VirtualClock, _ journal: StubJournal, variants: Int
    ) {
        precondition(variants >= 1)
        self.signature = signature
        self.script = script
        self.clock = clock
        self.journal = journal
        self.variants = variants
        inputs = signature.inputs.map { _ in nil }
        bound = signature.outputs.map { _ in nil }
        owned = FixedArray(count: signature.outputs.count) { _ in OwnedBytes() }
    }

    func bindInput(
        _ index: Int, variant: Int, shape: Span<Int64>, data: UnsafeMutableRawPointer, byteCount: Int
    ) throws(EngineError) {
        inputs[index] = try unsafe binding(signature.inputs[index], variant, shape, data, byteCount)
    }

    func bindOutput(
        _ index: Int, variant: Int, shape: Span<Int64>, data: UnsafeMutableRawPointer, byteCount: Int
    ) throws(EngineError) {
        bound[index] = try unsafe binding(signature.outputs[index], variant, shape, data, byteCount)
    }

    private func binding(
        _ tensor: TensorSpecification, _ variant: Int, _ shape: Span<Int64>, _ data: UnsafeMutableRawPointer,
        _ byteCount: Int
    ) throws(EngineError) -> Binding {
        precondition(variant >= 0 && variant < variants)
        let extents = shape.indices.map { shape[$0] }
        let fits =
            extents.count == tensor.shape.count && zip(extents, tensor.shape).allSatisfy { $0 == $1 || $1 < 0 }
        guard fits, !extents.contains(where: { $0 < 0 }), Self.bytes(tensor.type, extents) == byteCount else {
            throw EngineError(.invalidInput, "\(byteCount) bytes of \(extents) do not fit \(tensor.text)")
        }
        return unsafe Binding(shape: extents, memory: UnsafeMutableRawBufferPointer(start: data, count: byteCount))
    }

    private static func bytes(_ type: ElementType, _ shape: [Int64]) -> Int {
        shape.contains(0) ? 0 : shape.reduce(type.byteCount) { $0 * Int($1) }
    }

    func unbindOutput(_ index: Int) {
        bound[index] = nil
    }

    func selectOutputs(_ wanted: UInt64) {
        precondition(wanted != 0)
        self.wanted = wanted
    }

    func run() throws(EngineError) {
        results = []
        let tensors = try zip(signature.inputs, inputs).map {
            (tensor, binding) throws(EngineError) in
            guard let binding else {
                throw EngineError(.invalidInput, "input '\(tensor.name)' is missing")
            }
            return unsafe StubTensor(type: tensor.type, shape: binding.shape, bytes: Array(binding.memory))
        }
        let all: UInt64 = signature.outputs.count >= 64 ? .max : 1 << UInt64(signature.outputs.count) - 1
        journal.noteRun(tensors.first?.shape ?? [], selection: wanted & all)
        clock.advance(nanoseconds: script.latency(tensors))
        if script.hangs(tensors) {
            journal.hang { isTerminated.load(ordering: .acquiring) }
        }
        if isTerminated.load(ordering: .acquiring) {
            throw EngineError(.terminated, "the run was told to end")
        }
        let computed = try script.compute(tensors)
        precondition(computed.count == signature.outputs.count)
        for (index, tensor) in computed.enumerated() where wanted >> UInt64(index) & 1 == 1 {
            try store(index, tensor)
        }
        results = computed
    }

    private func store(_ index: Int, _ tensor: StubTensor) throws(EngineError) {
        guard let binding = bound[index] else {
            owned[index].removeAll()
            unsafe owned[index].append(tensor.bytes.span.bytes)
            return
        }
        guard binding.shape == tensor.shape, unsafe binding.memory.count == tensor.bytes.count else {
            throw EngineError(.failed, "an output of \(tensor.shape) does not fit what is bound for it")
        }
        unsafe binding.memory.copyBytes(from: tensor.bytes)
    }

    func output(_ index: Int) throws(EngineError) -> TensorView {
        guard results.indices.contains(index), wanted >> UInt64(index) & 1 == 1 else {
            throw EngineError(.failed, "output '\(signature.outputs[index].name)' was not computed")
        }
        var extents = InlineArray<8, Int64>(repeating: 0)
        for (axis, extent) in results[index].shape.enumerated() {
            extents[axis] = extent
        }
        let bytes: UnsafeRawBufferPointer
        if let binding = bound[index] {
            unsafe bytes = UnsafeRawBufferPointer(binding.memory)
        } else {
            unsafe bytes = UnsafeRawBufferPointer(start: owned[index].baseAddress, count: owned[index].count)
        }
        return unsafe TensorView(
            type: results[index].type, rank: results[index].shape.count, extents: extents, bytes: bytes)
    }

    func terminate() {
        // Pairs with the loads in `run`.
        isTerminated.store(true, ordering: .releasing)
        journal.wake()
    }

    func clearTermination() {
        isTerminated.store(false, ordering: .relaxed)
    }
}
