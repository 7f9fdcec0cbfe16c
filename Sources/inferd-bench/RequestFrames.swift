/// The requests that are measured, as whole frames. They are encoded here and not by the code under
/// test, so that they stay the same whatever becomes of it.
enum RequestFrames {
    struct Tensor {
        let name: String
        /// The wire's number of the type; 1 is float32.
        let type: UInt64
        let shape: [Int64]
        /// Little-endian, row-major.
        let data: [UInt8]
    }

    /// A ping that carries `payloadBytes` bytes.
    static func ping(payloadBytes: Int) -> [UInt8] {
        framed { request in
            request.varint(1, 1)
            request.message(22) { $0.bytes(1, [UInt8](repeating: 0x5a, count: payloadBytes)) }
        }
    }

    /// One run of `model`. It passes by the cache, which would answer the second one otherwise.
    static func infer(model: String, inputs: [Tensor]) -> [UInt8] {
        framed { request in
            request.varint(1, 1)
            request.text(4, model)
            request.message(6) { $0.varint(1, 1) }
            request.message(18) { body in
                for input in inputs {
                    body.message(1) { tensor in
                        tensor.text(1, input.name)
                        tensor.varint(2, input.type)
                        for extent in input.shape { tensor.varint(3, UInt64(bitPattern: extent)) }
                        tensor.bytes(4, input.data)
                    }
                }
            }
        }
    }

    private static func framed(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var message = ProtobufWriter()
        write(&message)
        let length = UInt32(message.bytes.count)
        return [0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + message.bytes
    }
}
