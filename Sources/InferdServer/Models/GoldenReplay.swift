import InferdBase
import InferdModels
import InferdScheduler
import InferdWire

/// How an answer differs from what the trained model gave.
struct GoldenMismatch: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// Asks a model what its golden vectors ask, through the same encoding, executor and reply as any
/// request's, and holds the answers against theirs: |a - b| <= tolerance * max(|b|, scale).
struct GoldenReplay {
    let executor: ModelExecutor

    /// The envelope of every request; it needs some model's name.
    private static let head: RequestHead = {
        var head = RequestHead(id: 1)
        head.model = "golden"
        return head
    }()

    func check(_ golden: GoldenCase) throws(GoldenMismatch) {
        switch golden {
        case .tensors(let tensors): try check(tensors)
        case .predict(let prediction): try check(prediction)
        }
    }

    // Tensors.

    private func check(_ golden: GoldenTensors) throws(GoldenMismatch) {
        var inputs: [TensorValues] = []
        for tensor in golden.inputs {
            inputs.append(try Self.encode(tensor))
        }
        var writer = RequestWriter()
        writer.begin(Self.head)
        writer.writeInfer(inputs, outputs: golden.outputs.map(\.name))
        writer.end()
        guard case .infer(_, _, let outputs) = try answer(writer), outputs.count == golden.outputs.count else {
            throw GoldenMismatch("the answer is no tensors")
        }
        for (output, expected) in zip(outputs, golden.outputs) {
            guard output.type.name == expected.type, output.shape == expected.shape else {
                throw GoldenMismatch(
                    "expected \(expected.type) \(expected.shape) in '\(expected.name)', "
                        + "found \(output.type.name) \(output.shape)")
            }
            let values = Self.decode(output)
            try Self.compare(values, expected.data, "output '\(expected.name)'", golden.tolerance, scale: 1)
        }
    }

    private static func encode(_ tensor: GoldenTensors.Tensor) throws(GoldenMismatch) -> TensorValues {
        guard let type = tensor.elementType else {
            throw GoldenMismatch("input '\(tensor.name)' has the unknown type '\(tensor.type.prefix(32))'")
        }
        var data: [UInt8] = []
        data.reserveCapacity(tensor.data.count * type.byteCount)
        for number in tensor.data {
            switch type {
            case .float32: append(Float(number).bitPattern, to: &data)
            case .float64: append(number.bitPattern, to: &data)
            case .int32: append(UInt32(bitPattern: Int32(exactly: number) ?? 0), to: &data)
            case .int64: append(UInt64(bitPattern: Int64(exactly: number) ?? 0), to: &data)
            case .bool: data.append(number == 0 ? 0 : 1)
            case .string: break
            }
        }
        return TensorValues(name: tensor.name, type: type, shape: tensor.shape, data: data)
    }

    private static func append<Bits: FixedWidthInteger>(_ bits: Bits, to data: inout [UInt8]) {
        for byte in 0..<Bits.bitWidth / 8 {
            data.append(UInt8(truncatingIfNeeded: bits >> Bits(8 * byte)))
        }
    }

    private static func decode(_ tensor: TensorValues) -> [Double] {
        let size = tensor.type.byteCount
        return stride(from: 0, to: tensor.data.count, by: size).map { start in
            var bits: UInt64 = 0
            for byte in (0..<size).reversed() {
                bits = bits << 8 | UInt64(tensor.data[start + byte])
            }
            return switch tensor.type {
            case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
            case .float64: Double(bitPattern: bits)
            case .int32: Double(Int32(truncatingIfNeeded: bits))
            case .int64: Double(Int64(bitPattern: bits))
            case .bool, .string: Double(bits)
            }
        }
    }

    // Forecasts.

    private func check(_ golden: GoldenPrediction) throws(GoldenMismatch) {
        var writer = RequestWriter()
        writer.begin(Self.head)
        writer.writePredict(PredictValues(golden.request))
        writer.end()
        guard case .predict(let forecast) = try answer(writer) else {
            throw GoldenMismatch("the answer is no forecast")
        }
        let expected = golden.expect
        let scale = executor.targetScale
        if let times = expected.timestamps_us, times != forecast.timestamps {
            throw GoldenMismatch("expected other time stamps")
        }
        if let filled = expected.filled_points, filled != forecast.filledPoints {
            throw GoldenMismatch("expected \(filled) filled points, found \(forecast.filledPoints)")
        }
        try Self.compare(forecast.values, expected.values, "values", golden.tolerance, scale: scale)
        let quantiles = expected.quantiles ?? []
        guard quantiles.count == forecast.quantiles.count else {
            throw GoldenMismatch("expected \(quantiles.count) quantiles, found \(forecast.quantiles.count)")
        }
        for (index, values) in quantiles.enumerated() {
            try Self.compare(
                forecast.quantiles[index].values, values, "quantiles[\(index)]", golden.tolerance, scale: scale)
        }
        for (name, value) in expected.metrics ?? [:] {
            let found = forecast.metrics?.value(named: name).map { [$0] } ?? []
            let unit = name == "mae" || name == "rmse" ? scale : 1
            try Self.compare(found, [value], "metric '\(name)'", golden.tolerance, scale: unit)
        }
    }

    // Both.

    /// Runs the request's body as any other, and reads the reply.
    private func answer(_ writer: borrowing RequestWriter) throws(GoldenMismatch) -> DecodedReply.Body {
        do {
            let message = writer.bytes.span.extracting(FrameScanner.headerBytes...)
            let envelope = try Envelope.peek(message)
            let body = message.extracting(envelope.body)
            var receipt = ReceiptValues()
            var reply = ReplyWriter()
            reply.beginFrame(id: 1)
            try executor.run(kind: envelope.kind, body: body, receipt: &receipt, reply: &reply)
            reply.endFrame()
            return try Self.decode(reply).body
        } catch let error as RequestError {
            throw GoldenMismatch("refused: \(error)")
        } catch let error as EnvelopeError {
            throw GoldenMismatch("refused: \(error.error)")
        } catch {
            throw GoldenMismatch("\(error)")
        }
    }

    private static func decode(_ reply: borrowing ReplyWriter) throws(RequestError) -> DecodedReply {
        try ReplyMessage.decode(reply.bytes.span.extracting(FrameScanner.headerBytes...))
    }

    private static func compare(
        _ found: [Double], _ expected: [Double], _ what: String, _ tolerance: Double, scale: Double
    ) throws(GoldenMismatch) {
        guard found.count == expected.count else {
            throw GoldenMismatch("\(what): expected \(expected.count) numbers, found \(found.count)")
        }
        for (index, (found, expected)) in zip(found, expected).enumerated() {
            // Written so that a NaN never passes.
            guard abs(found - expected) <= tolerance * max(abs(expected), scale) else {
                throw GoldenMismatch("\(what)[\(index)]: expected \(expected), found \(found)")
            }
        }
    }
}

extension PredictValues {
    init(_ request: GoldenPrediction.Request) {
        self.init()
        timestamps = request.timestamps_us ?? []
        regular = request.regular.map { RegularTime(start: $0.start_us, step: $0.step ?? "") }
        channels = Self.channels(request.channels)
        horizon = request.horizon ?? 0
        future = Self.channels(request.future ?? [:])
        quantiles = request.quantiles ?? []
        actuals = (request.actuals ?? []).map { $0 ?? .nan }
    }

    private static func channels(_ named: [String: [Double]]) -> [Channel] {
        named.sorted { $0.key < $1.key }.map { Channel(name: $0.key, values: $0.value) }
    }
}

extension MetricValues {
    fileprivate func value(named name: String) -> Double? {
        switch name {
        case "mae": mae?.value
        case "rmse": rmse?.value
        case "mape": mape?.value
        case "smape": smape?.value
        case "mase": mase?.value
        case "coverage": coverage?.value
        default: nil
        }
    }
}
