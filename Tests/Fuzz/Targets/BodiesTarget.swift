import InferdBase
import InferdWire

/// The decoders of bodies against Google's. The first byte chooses the body, the rest is the body.
enum BodiesTarget {
    static func run(_ input: [UInt8]) throws(Finding) {
        guard let choice = input.first else { return }
        let kind = BodyKind.allCases[Int(choice) % BodyKind.allCases.count]
        let body = Array(input.dropFirst())
        guard let ours = try? decode(kind, body) else { return }
        guard let google = GoogleDecoder.canonical(body, as: type(kind)) else {
            throw Finding(description: "Google's decoder refuses the \(kind.name) that ours accepts")
        }
        // Ours sees no difference between some absent messages and empty ones.
        try Finding.require(
            ours.contains(google), "\(kind.name): ours reads \(ours[0]), Google's decoder \(google)")
        // The same request, said in another way.
        do {
            let again = try decode(kind, google)
            try Finding.require(again == ours, "\(kind.name): Google writes it so that it means \(again), not \(ours)")
        } catch let error as Finding {
            throw error
        } catch {
            throw Finding(description: "\(kind.name): refused when Google writes it: \(error)")
        }
    }

    private static func type(_ kind: BodyKind) -> String {
        switch kind {
        case .hello: "HelloRequest"
        case .predict: "PredictRequest"
        case .infer: "InferRequest"
        case .models: "ModelsRequest"
        case .stats: "StatsRequest"
        case .cancel: "CancelRequest"
        case .ping: "PingRequest"
        }
    }

    /// Each way in which Google's decoder may write what ours reads in `body`.
    private static func decode(_ kind: BodyKind, _ body: [UInt8]) throws(RequestError) -> [[UInt8]] {
        var arena = MessageArena()
        let bytes = unsafe body.span.bytes
        var message = CanonicalMessage()
        switch kind {
        case .hello:
            let hello = try HelloMessage.decode(bytes, arena: &arena)
            message.add(1, varint: UInt64(hello.protocolVersion))
            message.add(2, hello.clientName.utf8)
            message.add(3, hello.token.utf8)
            message.add(4, flag: hello.acceptsCompressed)
        case .predict:
            let predict = try unsafe PredictMessage.decode(bytes, arena: &arena)
            return unsafe [canonical(predict, hasHistory: false), canonical(predict, hasHistory: true)]
        case .infer:
            message = try unsafe canonical(InferMessage.decode(bytes, arena: &arena))
        case .models, .stats:
            try EmptyMessage.check(bytes, kind)
        case .cancel:
            message.add(1, varint: try CancelMessage.decode(bytes, arena: &arena).id)
        case .ping:
            let ping = try unsafe PingMessage.decode(bytes, arena: &arena)
            unsafe message.add(1, ping.payload)
        }
        return [message.bytes]
    }

    /// - Parameter hasHistory: whether an empty history stands there.
    private static func canonical(_ predict: PredictMessage, hasHistory: Bool) -> [UInt8] {
        var history = CanonicalMessage()
        unsafe history.add(1, packed: predict.timestamps)
        if unsafe predict.hasRegularTime {
            var regular = CanonicalMessage()
            unsafe regular.add(1, fixed: predict.regularStart)
            unsafe regular.add(2, predict.regularStep)
            history.addElement(2, regular.bytes)
        }
        for index in unsafe 0..<predict.channelCount {
            unsafe history.addElement(3, channel(predict.channelName(index), predict.channelValues(index)))
        }
        var message = CanonicalMessage()
        unsafe message.add(1, predict.seriesID)
        if hasHistory || !history.bytes.isEmpty { message.addElement(2, history.bytes) }
        unsafe message.add(3, varint: UInt64(predict.horizon))
        for index in unsafe 0..<predict.futureCount {
            unsafe message.addElement(4, channel(predict.futureName(index), predict.futureValues(index)))
        }
        unsafe message.add(5, packed: predict.quantiles)
        unsafe message.add(6, packed: predict.actuals)
        return message.bytes
    }

    private static func channel(
        _ name: UnsafeRawBufferPointer, _ values: UnsafeBufferPointer<Double>
    ) -> [UInt8] {
        var channel = CanonicalMessage()
        unsafe channel.add(1, name)
        unsafe channel.add(2, packed: values)
        return channel.bytes
    }

    private static func canonical(_ infer: InferMessage) -> CanonicalMessage {
        var message = CanonicalMessage()
        for index in unsafe 0..<infer.inputCount {
            let input = unsafe infer.input(index)
            var tensor = CanonicalMessage()
            unsafe tensor.add(1, input.name)
            // An enumeration is an int32: less than 0, it is written with its sign in all 64 bits.
            unsafe tensor.add(2, varint: UInt64(bitPattern: Int64(input.typeNumber)))
            unsafe tensor.add(3, packedVarints: input.shape)
            unsafe tensor.add(4, input.data)
            message.addElement(1, tensor.bytes)
        }
        for index in unsafe 0..<infer.outputCount {
            unsafe message.addElement(2, infer.outputName(index))
        }
        return message
    }
}
