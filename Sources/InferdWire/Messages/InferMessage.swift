import CInferdProto
package import InferdBase

/// The body of an `infer` request. Everything it gives lies in the arena it was decoded into and ends
/// with the arena's next reset.
@unsafe
package struct InferMessage {
    /// A tensor as it was sent; nothing about it has been checked but that it could be decoded.
    @unsafe
    package struct Tensor {
        package let name: UnsafeRawBufferPointer
        /// nil: no type of ours.
        package let type: ElementType?
        package let typeNumber: Int32
        package let shape: UnsafeBufferPointer<Int64>
        package let data: UnsafeRawBufferPointer
    }

    private let message: UnsafePointer<Inferd__V1__InferRequest>

    package static func decode(_ body: RawSpan, arena: inout MessageArena) throws(RequestError) -> InferMessage {
        let descriptor = unsafe inferd_infer_request_descriptor()
        let message = try unsafe decodeMessage(
            body, as: descriptor, Inferd__V1__InferRequest.self, name: "infer", scan: .request, arena: &arena)
        return unsafe InferMessage(message: message)
    }

    package var inputCount: Int { unsafe message.pointee.n_inputs }

    package func input(_ index: Int) -> Tensor {
        precondition(unsafe index >= 0 && index < inputCount)
        guard let tensor = unsafe message.pointee.inputs[index]?.pointee else {
            preconditionFailure("protobuf-c leaves no element of a repeated field out")
        }
        let number = unsafe Int32(bitPattern: UInt32(bitPattern: Int32(truncatingIfNeeded: tensor.type.rawValue)))
        return unsafe Tensor(
            name: textBytes(tensor.name),
            type: UInt32(exactly: number).flatMap(ElementType.init(rawValue:)),
            typeNumber: number,
            shape: UnsafeBufferPointer(start: tensor.shape, count: tensor.n_shape),
            data: UnsafeRawBufferPointer(start: tensor.data.data, count: tensor.data.len))
    }

    package var outputCount: Int { unsafe message.pointee.n_outputs }

    package func outputName(_ index: Int) -> UnsafeRawBufferPointer {
        precondition(unsafe index >= 0 && index < outputCount)
        return unsafe textBytes(message.pointee.outputs[index])
    }
}
