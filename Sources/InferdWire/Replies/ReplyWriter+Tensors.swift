package import InferdBase

extension ReplyWriter {
    /// Where an `infer` body began.
    package struct InferBody {
        fileprivate let mark: MessageMark
    }

    /// Begins the body of an `infer` reply; its outputs follow, then `endInfer`.
    /// - Parameter expectedBytes: a guess at the outputs' size, which saves moving them.
    package mutating func beginInfer(model: RawSpan, version: UInt64, expectedBytes: Int) -> InferBody {
        let mark = bytes.beginMessage(BodyKind.infer.rawValue, expectedBytes: expectedBytes)
        bytes.appendField(1, model)
        bytes.appendField(2, varint: version)
        return InferBody(mark: mark)
    }

    /// - Parameter data: elements in row-major order, little-endian.
    package mutating func writeInferOutput(
        name: String, type: ElementType, shape: Span<Int64>, data: RawSpan
    ) {
        let mark = bytes.beginMessage(3, expectedBytes: data.byteCount + 64)
        bytes.appendField(1, name)
        bytes.appendField(2, type.rawValue)
        bytes.appendField(3, varints: shape)
        bytes.appendField(4, data)
        bytes.endMessage(mark)
    }

    package mutating func endInfer(_ body: InferBody) {
        bytes.endMessage(body.mark)
    }
}
