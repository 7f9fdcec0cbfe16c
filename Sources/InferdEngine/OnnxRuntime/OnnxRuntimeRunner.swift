import COnnxRuntime
import InferdBase
import Synchronization

/// One thread's use of a session. It keeps the runtime's descriptions of the memory that is bound, so
/// that running again on the same memory allocates nothing here.
@safe
final class OnnxRuntimeRunner: ModelRunner {
    /// What is bound at one place.
    @safe
    private struct Binding: ~Copyable {
        var value: OpaquePointer?
        var data: UnsafeMutableRawPointer?
        var byteCount = 0
        var rank = 0
        var extents = InlineArray<8, Int64>(repeating: 0)

        func matches(_ shape: Span<Int64>, _ data: UnsafeMutableRawPointer, _ byteCount: Int) -> Bool {
            guard unsafe value != nil, unsafe self.data == data, self.byteCount == byteCount, rank == shape.count
            else { return false }
            for axis in 0..<rank where extents[axis] != shape[axis] { return false }
            return true
        }
    }

    private let model: OnnxRuntimeModel
    private let api: UnsafePointer<OrtApi>
    private let options: OpaquePointer
    /// Bindings of each tensor kept side by side; those of tensor `n` begin at `n` times this.
    private let variants: Int
    private var inputs: FixedArray<Binding>
    private var outputs: FixedArray<Binding>
    /// By output, its place in `outputs`; -1: the runtime provides the memory.
    private var boundOutputs: FixedArray<Int>
    /// The runtime's arguments: inputs in the model's order, and the selected outputs.
    private var inputValues: FixedArray<OpaquePointer?>
    private var outputValues: FixedArray<OpaquePointer?>
    private var selectedNames: FixedArray<UnsafePointer<CChar>?>
    /// Places in the model of the selected outputs.
    private var selected: [Int]
    /// Values that the runtime allocated in the last run, by place among the selected.
    private var ownedOutputs: UInt64 = 0
    /// Set by any thread, before the runtime is told; read after a run that failed.
    private let isTerminated = Atomic<Bool>(false)

    init(model: OnnxRuntimeModel, variants: Int) throws(EngineError) {
        precondition(variants >= 1)
        self.model = model
        self.variants = variants
        unsafe api = model.library.api
        var options: OpaquePointer?
        try unsafe model.library.check(api.pointee.CreateRunOptions(&options), .failed)
        guard let options = unsafe options else { throw EngineError(.failed, "the runtime made no run options") }
        unsafe self.options = options
        let inputCount = model.signature.inputs.count
        let outputCount = model.signature.outputs.count
        inputs = FixedArray(count: inputCount * variants) { _ in Binding() }
        outputs = FixedArray(count: outputCount * variants) { _ in Binding() }
        boundOutputs = FixedArray(count: outputCount) { _ in -1 }
        // A model may do without inputs; the array has an address all the same.
        unsafe inputValues = FixedArray(count: max(inputCount, 1)) { _ in nil }
        unsafe outputValues = FixedArray(count: outputCount) { _ in nil }
        unsafe selectedNames = FixedArray(count: outputCount) { unsafe model.outputNames[$0] }
        selected = Array(0..<outputCount)
    }

    deinit {
        forgetOutputs()
        for index in 0..<inputs.count {
            unsafe release(inputs[index].value)
        }
        for index in 0..<outputs.count {
            unsafe release(outputs[index].value)
        }
        unsafe api.pointee.ReleaseRunOptions(options)
    }

    func bindInput(
        _ index: Int, variant: Int, shape: Span<Int64>, data: UnsafeMutableRawPointer, byteCount: Int
    ) throws(EngineError) {
        let place = self.place(index, variant)
        if unsafe !inputs[place].matches(shape, data, byteCount) {
            let type = model.signature.inputs[index].type
            let value = try unsafe makeValue(type, shape, data, byteCount)
            unsafe release(inputs[place].value)
            unsafe Self.set(&inputs[place], value, shape, data, byteCount)
        }
        unsafe inputValues[index] = inputs[place].value
    }

    func bindOutput(
        _ index: Int, variant: Int, shape: Span<Int64>, data: UnsafeMutableRawPointer, byteCount: Int
    ) throws(EngineError) {
        let place = self.place(index, variant)
        if unsafe boundOutputs[index] == place && outputs[place].matches(shape, data, byteCount) { return }
        // What the last run left is not where outputs are looked for any more.
        forgetOutputs()
        if unsafe !outputs[place].matches(shape, data, byteCount) {
            let type = model.signature.outputs[index].type
            let value = try unsafe makeValue(type, shape, data, byteCount)
            unsafe release(outputs[place].value)
            unsafe Self.set(&outputs[place], value, shape, data, byteCount)
        }
        boundOutputs[index] = place
    }

    private func place(_ index: Int, _ variant: Int) -> Int {
        precondition(variant >= 0 && variant < variants)
        return index * variants + variant
    }

    func unbindOutput(_ index: Int) {
        forgetOutputs()
        boundOutputs[index] = -1
    }

    func selectOutputs(_ wanted: UInt64) {
        forgetOutputs()
        selected.removeAll(keepingCapacity: true)
        for index in 0..<boundOutputs.count where wanted >> UInt64(index) & 1 == 1 {
            unsafe selectedNames[selected.count] = model.outputNames[index]
            selected.append(index)
        }
        precondition(!selected.isEmpty)
    }

    func run() throws(EngineError) {
        forgetOutputs()
        for place in 0..<selected.count {
            let bound = boundOutputs[selected[place]]
            unsafe outputValues[place] = bound < 0 ? nil : outputs[bound].value
        }
        for index in model.signature.inputs.indices where unsafe inputValues[index] == nil {
            throw EngineError(.invalidInput, "input '\(model.signature.inputs[index].name)' is missing")
        }
        let status = unsafe api.pointee.Run(
            model.session, options, model.inputNames.baseAddress, inputValues.address(of: 0),
            model.signature.inputs.count,
            selectedNames.address(of: 0), selected.count, outputValues.address(of: 0))
        for place in 0..<selected.count
        where unsafe boundOutputs[selected[place]] < 0 && outputValues[place] != nil {
            ownedOutputs |= 1 << UInt64(place)
        }
        do throws(EngineError) {
            try unsafe model.library.check(status, .failed)
        } catch {
            forgetOutputs()
            throw isTerminated.load(ordering: .relaxed) ? EngineError(.terminated, "the run was ended") : error
        }
    }

    func output(_ index: Int) throws(EngineError) -> TensorView {
        guard let place = selected.firstIndex(of: index), let value = unsafe outputValues[place] else {
            throw EngineError(.failed, "output '\(model.signature.outputs[index].name)' was not computed")
        }
        var data: UnsafeMutableRawPointer?
        try unsafe model.library.check(api.pointee.GetTensorMutableData(value, &data), .failed)
        let type = model.signature.outputs[index].type
        var extents = InlineArray<8, Int64>(repeating: 0)
        var rank = 0
        if ownedOutputs >> UInt64(place) & 1 == 0 {
            extents = outputs[boundOutputs[index]].extents
            rank = outputs[boundOutputs[index]].rank
        } else {
            var info: OpaquePointer?
            try unsafe model.library.check(api.pointee.GetTensorTypeAndShape(value, &info), .failed)
            defer { unsafe api.pointee.ReleaseTensorTypeAndShapeInfo(info) }
            try unsafe model.library.check(api.pointee.GetDimensionsCount(info, &rank), .failed)
            guard rank <= Limits.tensorRank else {
                throw EngineError(.failed, "output '\(model.signature.outputs[index].name)' has \(rank) axes")
            }
            var span = extents.mutableSpan
            let status = unsafe span.withUnsafeMutableBufferPointer { buffer in
                unsafe api.pointee.GetDimensions(info, buffer.baseAddress, rank)
            }
            try unsafe model.library.check(status, .failed)
        }
        var byteCount = type.byteCount
        for axis in 0..<rank {
            // The runtime has allocated as much: this cannot overflow.
            byteCount *= Int(extents[axis])
        }
        return unsafe TensorView(
            type: type, rank: rank, extents: extents,
            bytes: UnsafeRawBufferPointer(start: data, count: byteCount))
    }

    func terminate() {
        isTerminated.store(true, ordering: .relaxed)
        unsafe model.library.discard(api.pointee.RunOptionsSetTerminate(options))
    }

    func clearTermination() {
        isTerminated.store(false, ordering: .relaxed)
        unsafe model.library.discard(api.pointee.RunOptionsUnsetTerminate(options))
    }

    // Values.

    private func makeValue(
        _ type: ElementType, _ shape: Span<Int64>, _ data: UnsafeMutableRawPointer, _ byteCount: Int
    ) throws(EngineError) -> OpaquePointer {
        precondition(shape.count <= Limits.tensorRank)
        var value: OpaquePointer?
        let status = unsafe shape.withUnsafeBufferPointer { extents in
            unsafe api.pointee.CreateTensorWithDataAsOrtValue(
                model.library.memory, data, byteCount, extents.baseAddress, extents.count, type.runtimeNumber,
                &value)
        }
        try unsafe model.library.check(status, .invalidInput)
        guard let value = unsafe value else { throw EngineError(.failed, "the runtime made no tensor") }
        return unsafe value
    }

    private static func set(
        _ binding: inout Binding, _ value: OpaquePointer, _ shape: Span<Int64>, _ data: UnsafeMutableRawPointer,
        _ byteCount: Int
    ) {
        unsafe binding.value = value
        unsafe binding.data = data
        binding.byteCount = byteCount
        binding.rank = shape.count
        for axis in 0..<shape.count {
            binding.extents[axis] = shape[axis]
        }
    }

    private func release(_ value: OpaquePointer?) {
        if let value = unsafe value {
            unsafe api.pointee.ReleaseValue(value)
        }
    }

    /// Gives back what the runtime allocated, and knows of no value any more: what was bound may be gone.
    private func forgetOutputs() {
        var owned = ownedOutputs
        while owned != 0 {
            let place = owned.trailingZeroBitCount
            owned &= owned - 1
            unsafe release(outputValues[place])
        }
        ownedOutputs = 0
        for place in 0..<selected.count {
            unsafe outputValues[place] = nil
        }
    }
}
