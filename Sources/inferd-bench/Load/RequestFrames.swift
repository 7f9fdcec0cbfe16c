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

    /// The first thing in every frame is the request's id, in four bytes of a varint: `RequestTemplate`
    /// overwrites it.
    static let firstID: UInt64 = 1 << 21

    /// A ping that carries `payloadBytes` bytes.
    static func ping(payloadBytes: Int) -> [UInt8] {
        framed { request in
            request.message(22) { $0.bytes(1, [UInt8](repeating: 0x5a, count: payloadBytes)) }
        }
    }

    /// One run of `model`. It passes by the cache, which would answer the second one otherwise.
    static func infer(model: String, inputs: [Tensor]) -> [UInt8] {
        framed { request in
            request.text(4, model)
            bypassCache(&request)
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

    /// A forecast of the demo bundle for as many hours as the demo's own request has.
    ///
    /// - Parameters:
    ///   - timeoutMilliseconds: 0 for the server's default.
    ///   - usesCache: false passes by it.
    static func predict(
        model: String, horizon: Int, timeoutMilliseconds: UInt64 = 0, usesCache: Bool = false
    ) -> [UInt8] {
        framed { request in
            if timeoutMilliseconds > 0 { request.varint(2, timeoutMilliseconds) }
            request.text(4, model)
            if !usesCache { bypassCache(&request) }
            request.message(17) { body in
                body.text(1, "jfk")
                body.message(2) { history in
                    history.message(2) { time in
                        time.fixed64(1, demoStartMicroseconds)
                        time.text(2, "1h")
                    }
                    history.message(3) { channel in
                        channel.text(1, "temp")
                        channel.doubles(2, temperatures)
                    }
                }
                body.varint(3, UInt64(horizon))
            }
        }
    }

    /// 2013-11-11T05:00:00Z, where the demo's history starts.
    private static let demoStartMicroseconds: UInt64 = 1_384_146_000_000_000
    /// In degrees Fahrenheit, one an hour: warm days and cold nights that are never quite alike.
    private static let temperatures: [Double] = (0..<144).map { hour in
        let ofDay = [0, -2, -3, -4, -5, -6, -6, -5, -3, 0, 3, 6, 8, 10, 11, 12, 11, 10, 8, 6, 4, 3, 2, 1][hour % 24]
        return 45 + Double(ofDay) + Double(hour * 37 % 11) / 4
    }

    private static func bypassCache(_ request: inout ProtobufWriter) {
        request.message(6) { $0.varint(1, 1) }
    }

    private static func framed(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var message = ProtobufWriter()
        message.varint(1, firstID)
        write(&message)
        let length = UInt32(message.bytes.count)
        return [0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + message.bytes
    }
}
