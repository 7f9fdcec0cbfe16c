import InferdBase
import InferdWire

/// A request's body as an executor is given it.
struct RequestBody: Sendable {
    let kind: BodyKind
    let bytes: [UInt8]

    init(_ values: PredictValues) throws {
        try self.init { $0.writePredict(values) }
    }

    init(inputs: [TensorValues], outputs: [String] = []) throws {
        try self.init { $0.writeInfer(inputs, outputs: outputs) }
    }

    private init(_ write: (inout RequestWriter) -> Void) throws {
        var head = RequestHead(id: 1)
        head.model = "model"
        var writer = RequestWriter()
        writer.begin(head)
        write(&writer)
        writer.end()
        let message = writer.bytes.span.extracting(FrameScanner.headerBytes...)
        let envelope = try Envelope.peek(message)
        kind = envelope.kind
        bytes = unsafe message.extracting(envelope.body).withUnsafeBytes { unsafe Array($0) }
    }
}

extension TensorValues {
    init(_ name: String, _ shape: [Int64], _ floats: [Float]) {
        self.init(
            name: name, type: .float32, shape: shape, data: unsafe floats.withUnsafeBytes { unsafe Array($0) })
    }

    init(_ name: String, _ shape: [Int64], _ integers: [Int64]) {
        self.init(
            name: name, type: .int64, shape: shape, data: unsafe integers.withUnsafeBytes { unsafe Array($0) })
    }
}
