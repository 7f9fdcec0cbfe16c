/// Finds out whether an ONNX model keeps tensors outside its own bytes, which a model that was verified
/// as bytes must not do.
///
/// Walks the protobuf of onnx.proto (https://onnx.ai, `ModelProto` and below) no further than tensors
/// can be. What it cannot read is refused, because the runtime's parser, which passes over more, could
/// find tensors behind it.
struct ExternalDataScan: ~Escapable {
    private enum Message {
        case model, graph, node, attribute, tensor, sparseTensor, function
    }

    /// Graphs lie in nodes lie in graphs; deeper nesting than this is no real model.
    private static let greatestDepth = 64

    private let bytes: RawSpan

    @_lifetime(copy bytes)
    private init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    static func findsExternalData(in model: RawSpan) throws(EngineError) -> Bool {
        try ExternalDataScan(model).scan(0..<model.byteCount, as: .model, depth: 0)
    }

    private func scan(_ range: Range<Int>, as message: Message, depth: Int) throws(EngineError) -> Bool {
        if depth > Self.greatestDepth {
            throw EngineError(.modelRefused, "the model's graphs are nested too deeply")
        }
        var position = range.lowerBound
        while position < range.upperBound {
            // Longer keys are cut to 32 bits by some parsers, and become others.
            guard let key = varint(&position, range.upperBound), key <= UInt32.max, key >> 3 > 0 else {
                throw Self.damaged
            }
            let field = key >> 3
            switch key & 7 {
            case 0:
                guard let value = varint(&position, range.upperBound) else { throw Self.damaged }
                // TensorProto.data_location: EXTERNAL.
                if message == .tensor, field == 14, value != 0 { return true }
            case 1:
                position += 8
            case 5:
                position += 4
            case 2:
                guard let length = varint(&position, range.upperBound),
                    let count = Int(exactly: length), count <= range.upperBound - position
                else { throw Self.damaged }
                let content = position..<position + count
                position += count
                if message == .tensor, field == 13 { return true }
                if let inner = Self.inner(message, field),
                    try scan(content, as: inner, depth: depth + 1)
                {
                    return true
                }
            default:
                throw Self.damaged
            }
            guard position <= range.upperBound else { throw Self.damaged }
        }
        return false
    }

    private static let damaged = EngineError(.modelRefused, "the model is damaged: it cannot be read as ONNX")

    /// The fields that may hold tensors.
    private static func inner(_ message: Message, _ field: UInt64) -> Message? {
        switch (message, field) {
        case (.model, 7): .graph
        case (.model, 25): .function
        case (.graph, 1), (.function, 7): .node
        case (.graph, 5): .tensor
        case (.graph, 15): .sparseTensor
        case (.node, 5), (.function, 11): .attribute
        case (.attribute, 5), (.attribute, 10): .tensor
        case (.attribute, 6), (.attribute, 11): .graph
        case (.attribute, 22), (.attribute, 23): .sparseTensor
        case (.sparseTensor, 1), (.sparseTensor, 2): .tensor
        default: nil
        }
    }

    private func varint(_ position: inout Int, _ end: Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
