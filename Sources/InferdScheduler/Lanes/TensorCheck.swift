import InferdBase
import InferdEngine
import InferdWire

/// Holds the tensors and outputs that a request names against the model's.
struct TensorCheck {
    let signature: ModelSignature
    /// Every tensor's first axis takes any extent: its rows may be counted, and share a run with others'.
    let hasRows: Bool
    private let inputNames: [[UInt8]]
    private let outputNames: [[UInt8]]

    init(_ signature: ModelSignature) {
        self.signature = signature
        hasRows = (signature.inputs + signature.outputs).allSatisfy { $0.shape.first == -1 }
        inputNames = signature.inputs.map { Array($0.name.utf8) }
        outputNames = signature.outputs.map { Array($0.name.utf8) }
    }

    /// Fills `places`: by input of the model, its place in the request.
    func placeInputs(_ message: InferMessage, into places: inout [Int]) throws(RequestError) {
        places.removeAll(keepingCapacity: true)
        places.append(contentsOf: repeatElement(-1, count: signature.inputs.count))
        let count = unsafe message.inputCount
        for place in 0..<count {
            let tensor = unsafe message.input(place)
            guard let index = unsafe Self.index(of: tensor.name, in: inputNames) else {
                let name = unsafe String(decoding: tensor.name.prefix(64), as: UTF8.self)
                throw .invalid(
                    Self.field(place, "name"), "the model has no input '\(name)'; it has \(Self.list(signature.inputs))"
                )
            }
            guard places[index] < 0 else {
                throw .invalid(Self.field(place, "name"), "'\(signature.inputs[index].name)' is given twice")
            }
            places[index] = place
            try unsafe check(tensor, signature.inputs[index], place)
        }
        for (index, input) in signature.inputs.enumerated() where places[index] < 0 {
            throw .invalid("infer.inputs", "the model needs the input '\(input.name)', \(input.text)")
        }
    }

    private func check(
        _ tensor: InferMessage.Tensor, _ expected: TensorSpecification, _ place: Int
    ) throws(RequestError) {
        guard unsafe tensor.type == expected.type else {
            let found = unsafe tensor.type?.name ?? "unknown type \(tensor.typeNumber)"
            throw .invalid(Self.field(place, "type"), "is \(found); '\(expected.name)' is \(expected.type.name)")
        }
        let shape = unsafe tensor.shape
        guard shape.count == expected.shape.count else {
            throw .invalid(
                Self.field(place, "shape"), "has \(shape.count) axes; '\(expected.name)' is \(expected.text)")
        }
        // Zeros are left out at first: what has no elements is bounded by its other extents, because rows are
        // counted and added up.
        var elements = 1
        var isEmpty = false
        for axis in 0..<shape.count {
            let extent = unsafe shape[axis]
            guard extent >= 0 else { throw .invalid(Self.field(place, "shape[\(axis)]"), "\(extent) is negative") }
            guard expected.shape[axis] < 0 || expected.shape[axis] == extent else {
                throw .invalid(
                    Self.field(place, "shape[\(axis)]"), "is \(extent); '\(expected.name)' is \(expected.text)")
            }
            guard let count = Int(exactly: extent),
                case let (product, overflow) = elements.multipliedReportingOverflow(by: max(count, 1)),
                !overflow
            else { throw .invalid(Self.field(place, "shape"), "its product does not fit 64 bits") }
            elements = product
            isEmpty = isEmpty || count == 0
        }
        if isEmpty {
            guard elements <= Limits.maximumFrameBytes else {
                throw .invalid(Self.field(place, "shape"), "its extents are too large for a tensor without elements")
            }
            elements = 0
        }
        let (bytes, overflow) = elements.multipliedReportingOverflow(by: expected.type.byteCount)
        let data = unsafe tensor.data
        guard !overflow, bytes == data.count else {
            throw .invalid(
                Self.field(place, "data"),
                "has \(data.count) bytes; the shape needs \(overflow ? "more than fit 64 bits" : "\(bytes)")")
        }
        if expected.type == .bool {
            for offset in 0..<data.count where unsafe data[offset] > 1 {
                throw unsafe .invalid(
                    Self.field(place, "data"), "byte \(offset) is \(data[offset]), neither 0 nor 1")
            }
        }
    }

    /// Fills `wanted` with the outputs asked for, in the request's order; the same as a set of bits.
    func chooseOutputs(_ message: InferMessage, into wanted: inout [Int]) throws(RequestError) -> UInt64 {
        wanted.removeAll(keepingCapacity: true)
        var mask: UInt64 = 0
        let count = unsafe message.outputCount
        for place in 0..<count {
            let name = unsafe message.outputName(place)
            guard let index = unsafe Self.index(of: name, in: outputNames) else {
                let text = unsafe String(decoding: name.prefix(64), as: UTF8.self)
                throw .invalid(
                    "infer.outputs[\(place)]",
                    "the model has no output '\(text)'; it has \(Self.list(signature.outputs))")
            }
            guard mask >> UInt64(index) & 1 == 0 else {
                throw .invalid("infer.outputs[\(place)]", "'\(signature.outputs[index].name)' is given twice")
            }
            mask |= 1 << UInt64(index)
            wanted.append(index)
        }
        if count == 0 {
            wanted.append(contentsOf: signature.outputs.indices)
            return allOutputs
        }
        return mask
    }

    var allOutputs: UInt64 {
        signature.outputs.count >= 64 ? .max : 1 << UInt64(signature.outputs.count) - 1
    }

    private static func field(_ place: Int, _ part: String) -> String {
        "infer.inputs[\(place)].\(part)"
    }

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
}
