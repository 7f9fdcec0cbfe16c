import InferdBase
import InferdEngine
import InferdWire

/// Runs `infer` requests: named tensors in, named tensors out.
@safe
final class TensorExecutor {
    private let identity: ModelIdentity
    private let signature: ModelSignature
    private let runner: any ModelRunner
    private let maximumReplyBytes: Int
    private let counters: ModelCounters
    private let clock: @Sendable () -> MonotonicTime
    private let inputNames: [[UInt8]]
    private let outputNames: [[UInt8]]
    /// Outputs of the present request, in its order.
    private var wanted: [Int] = []
    /// What the runner was last told.
    private var selected: UInt64

    init(
        identity: ModelIdentity, signature: ModelSignature, runner: any ModelRunner, maximumReplyBytes: Int,
        counters: ModelCounters, clock: @escaping @Sendable () -> MonotonicTime
    ) {
        self.identity = identity
        self.signature = signature
        self.runner = runner
        self.maximumReplyBytes = maximumReplyBytes
        self.counters = counters
        self.clock = clock
        inputNames = signature.inputs.map { Array($0.name.utf8) }
        outputNames = signature.outputs.map { Array($0.name.utf8) }
        selected = Self.all(signature.outputs.count)
    }

    private static func all(_ count: Int) -> UInt64 {
        count >= 64 ? .max : 1 << UInt64(count) - 1
    }

    func terminate() {
        runner.terminate()
    }

    func infer(
        _ body: RawSpan, arena: inout MessageArena, receipt: inout ReceiptValues, reply: inout ReplyWriter,
        isWanted: ModelExecutor.Check
    ) throws(RequestError) {
        var watch = Stopwatch(clock)
        let message = try unsafe InferMessage.decode(body, arena: &arena)
        receipt.decode = watch.lap()
        try unsafe bindInputs(message)
        try unsafe chooseOutputs(message)
        receipt.precheck = watch.lap()
        try isWanted()
        do throws(EngineError) {
            try runner.run()
        } catch {
            throw RequestError(error, field: "infer.inputs")
        }
        receipt.model = watch.lap()
        receipt.modelRuns = 1
        receipt.batchRows = 1
        counters.countRun(rows: 1, nanoseconds: UInt64(receipt.model * 1000))
        try writeOutputs(&reply)
        receipt.serialize = watch.lap()
    }

    // Inputs.

    private func bindInputs(_ message: InferMessage) throws(RequestError) {
        let count = unsafe message.inputCount
        var bound: UInt64 = 0
        for place in 0..<count {
            let tensor = unsafe message.input(place)
            let field = "infer.inputs[\(place)]"
            guard let index = unsafe Self.index(of: tensor.name, in: inputNames) else {
                let name = unsafe String(decoding: tensor.name.prefix(64), as: UTF8.self)
                throw .invalid(
                    "\(field).name", "the model has no input '\(name)'; it has \(Self.list(signature.inputs))")
            }
            guard bound >> UInt64(index) & 1 == 0 else {
                throw .invalid("\(field).name", "'\(signature.inputs[index].name)' is given twice")
            }
            bound |= 1 << UInt64(index)
            try unsafe bind(tensor, to: index, field)
        }
        for (index, input) in signature.inputs.enumerated() where bound >> UInt64(index) & 1 == 0 {
            throw .invalid("infer.inputs", "the model needs the input '\(input.name)', \(input.text)")
        }
    }

    private func bind(_ tensor: InferMessage.Tensor, to index: Int, _ field: String) throws(RequestError) {
        let expected = signature.inputs[index]
        guard unsafe tensor.type == expected.type else {
            let found = unsafe tensor.type?.name ?? "unknown type \(tensor.typeNumber)"
            throw .invalid("\(field).type", "is \(found); '\(expected.name)' is \(expected.type.name)")
        }
        let shape = unsafe tensor.shape
        guard shape.count == expected.shape.count else {
            throw .invalid(
                "\(field).shape", "has \(shape.count) axes; '\(expected.name)' is \(expected.text)")
        }
        var elements = 1
        for axis in 0..<shape.count {
            let extent = unsafe shape[axis]
            guard extent >= 0 else { throw .invalid("\(field).shape[\(axis)]", "\(extent) is negative") }
            guard expected.shape[axis] < 0 || expected.shape[axis] == extent else {
                throw .invalid(
                    "\(field).shape[\(axis)]", "is \(extent); '\(expected.name)' is \(expected.text)")
            }
            guard let count = Int(exactly: extent),
                case let (product, overflow) = elements.multipliedReportingOverflow(by: count),
                !overflow
            else { throw .invalid("\(field).shape", "its product does not fit 64 bits") }
            elements = product
        }
        let (bytes, overflow) = elements.multipliedReportingOverflow(by: expected.type.byteCount)
        let data = unsafe tensor.data
        guard !overflow, bytes == data.count else {
            throw .invalid(
                "\(field).data",
                "has \(data.count) bytes; the shape needs \(overflow ? "more than fit 64 bits" : "\(bytes)")")
        }
        if expected.type == .bool {
            for offset in 0..<data.count where unsafe data[offset] > 1 {
                throw unsafe .invalid("\(field).data", "byte \(offset) is \(data[offset]), neither 0 nor 1")
            }
        }
        do throws(EngineError) {
            // The arena's memory is ours until its next reset, and the engine only reads inputs. Without
            // elements any address does.
            let address = unsafe data.baseAddress ?? UnsafeRawPointer(bitPattern: 64).unsafelyUnwrapped
            try unsafe runner.bindInput(
                index, shape: Span(_unsafeElements: shape),
                data: UnsafeMutableRawPointer(mutating: address), byteCount: data.count)
        } catch {
            throw RequestError(error, field: field)
        }
    }

    // Outputs.

    private func chooseOutputs(_ message: InferMessage) throws(RequestError) {
        wanted.removeAll(keepingCapacity: true)
        var mask: UInt64 = 0
        let count = unsafe message.outputCount
        for place in 0..<count {
            let field = "infer.outputs[\(place)]"
            let name = unsafe message.outputName(place)
            guard let index = unsafe Self.index(of: name, in: outputNames) else {
                let text = unsafe String(decoding: name.prefix(64), as: UTF8.self)
                throw .invalid(field, "the model has no output '\(text)'; it has \(Self.list(signature.outputs))")
            }
            guard mask >> UInt64(index) & 1 == 0 else {
                throw .invalid(field, "'\(signature.outputs[index].name)' is given twice")
            }
            mask |= 1 << UInt64(index)
            wanted.append(index)
        }
        if count == 0 {
            mask = Self.all(signature.outputs.count)
            wanted.append(contentsOf: signature.outputs.indices)
        }
        if mask != selected {
            runner.selectOutputs(mask)
            selected = mask
        }
    }

    private func writeOutputs(_ reply: inout ReplyWriter) throws(RequestError) {
        do throws(EngineError) {
            var total = 0
            for index in wanted {
                total += unsafe try runner.output(index).bytes.count
            }
            guard total <= maximumReplyBytes else {
                throw EngineError(.failed, "its outputs have \(total) bytes; a reply holds \(maximumReplyBytes)")
            }
            let name = identity.name
            let body = unsafe reply.beginInfer(
                model: name.span.bytes, version: identity.version, expectedBytes: total + 64 * wanted.count)
            for index in wanted {
                let output = try unsafe runner.output(index)
                let extents = unsafe output.extents
                unsafe reply.writeInferOutput(
                    name: signature.outputs[index].name, type: output.type,
                    shape: extents.span.extracting(0..<output.rank), data: RawSpan(_unsafeBytes: output.bytes))
            }
            reply.endInfer(body)
        } catch {
            throw RequestError(error, field: "infer.outputs")
        }
    }

    // Names.

    private static func index(of name: UnsafeRawBufferPointer, in names: [[UInt8]]) -> Int? {
        for index in names.indices
        where unsafe names[index].count == name.count && name.elementsEqual(names[index]) {
            return index
        }
        return nil
    }

    private static func list(_ tensors: [TensorSpecification]) -> String {
        tensors.map { "'\($0.name)'" }.joined(separator: ", ")
    }

    // Warming up.

    func warmUp(runs: Int) -> Double? {
        var memory: [UnsafeMutableRawPointer] = unsafe []
        defer {
            for index in unsafe memory.indices {
                unsafe memory[index].deallocate()
            }
        }
        do {
            for (index, input) in signature.inputs.enumerated() {
                let shape = input.shape.map { $0 < 0 ? 1 : $0 }
                let bytes = shape.reduce(Int64(input.type.byteCount)) { $0.multipliedSaturating(by: $1) }
                guard bytes <= Int64(Limits.maximumFrameBytes) else { return nil }
                let zeros = UnsafeMutableRawPointer.allocate(byteCount: max(Int(bytes), 1), alignment: 64)
                unsafe zeros.initializeMemory(as: UInt8.self, repeating: 0, count: Int(bytes))
                unsafe memory.append(zeros)
                try unsafe runner.bindInput(index, shape: shape.span, data: zeros, byteCount: Int(bytes))
            }
            var fastest = Double.infinity
            for _ in 0..<max(runs, 1) {
                let start = clock()
                try runner.run()
                fastest = min(fastest, Double(clock().microseconds(since: start)))
            }
            return fastest
        } catch {
            return nil
        }
    }
}

extension Int64 {
    /// For numbers that are not negative.
    fileprivate func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
