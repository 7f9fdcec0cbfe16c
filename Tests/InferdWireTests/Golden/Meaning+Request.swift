import InferdBase

@testable import InferdWire

/// How requests are read: the envelope, then its body.
extension Meaning {
    /// What the daemon reads in `message`, a whole `Request`.
    init(ofRequest message: [UInt8]) throws {
        let span = unsafe message.span.bytes
        let envelope = try Envelope.peek(span)
        var builder = MeaningBuilder()
        builder.add("id", envelope.id)
        builder.add("timeout_ms", envelope.timeoutMilliseconds)
        builder.add("traceparent", String(decoding: message[envelope.traceparent], as: UTF8.self))
        builder.add("model", String(decoding: message[envelope.model], as: UTF8.self))
        builder.add("version", envelope.version)
        var cache = MeaningBuilder()
        cache.add("bypass", envelope.cacheBypass)
        cache.add("refresh", envelope.cacheRefresh)
        cache.add("max_age_ms", envelope.cacheMaximumAgeMilliseconds)
        if !cache.fields.isEmpty { builder.add("cache", message: cache.meaning) }
        builder.add("want_receipt", envelope.wantReceipt)
        builder.add("priority", envelope.isBatchPriority ? "BATCH" : "")
        builder.add(
            envelope.kind.name, message: try Self.body(envelope.kind, span.extracting(envelope.body)))
        self = builder.meaning
    }

    /// A request's meaning without what the daemon does not tell apart from its absence.
    var ofRequestAsRead: Meaning {
        let isEmpty = { (meaning: Meaning) in meaning == .object([:]) ? nil : meaning }
        return changing("cache", isEmpty).changing("predict") { $0.changing("history", isEmpty) }
    }

    private static func body(_ kind: BodyKind, _ body: RawSpan) throws -> Meaning {
        var arena = MessageArena()
        switch kind {
        case .hello: return hello(try HelloMessage.decode(body, arena: &arena))
        case .predict:
            let message = unsafe try PredictMessage.decode(body, arena: &arena)
            return withExtendedLifetime(arena) { unsafe predict(message) }
        case .infer:
            let message = unsafe try InferMessage.decode(body, arena: &arena)
            return withExtendedLifetime(arena) { unsafe infer(message) }
        case .models, .stats:
            try EmptyMessage.check(body, kind)
            return .object([:])
        case .cancel:
            return .object(["id": .text(String(try CancelMessage.decode(body, arena: &arena).id))])
        case .ping:
            let message = unsafe try PingMessage.decode(body, arena: &arena)
            var builder = MeaningBuilder()
            withExtendedLifetime(arena) { unsafe builder.add("payload", bytes: Array(message.payload)) }
            return builder.meaning
        }
    }

    private static func hello(_ hello: HelloMessage) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("protocol_version", hello.protocolVersion)
        builder.add("client_name", hello.clientName)
        builder.add("token", hello.token)
        builder.add("accept_lz4", hello.acceptsCompressed)
        return builder.meaning
    }

    private static func predict(_ predict: PredictMessage) -> Meaning {
        var history = MeaningBuilder()
        unsafe history.add("timestamps_us", predict.timestamps.map { Meaning($0) })
        if unsafe predict.hasRegularTime {
            var regular = MeaningBuilder()
            let start = unsafe predict.regularStart
            if start != 0 { regular.add("start_us", String(start)) }
            unsafe regular.add("step", String(decoding: predict.regularStep, as: UTF8.self))
            history.add("regular", message: regular.meaning)
        }
        let channels = unsafe (0..<predict.channelCount).map { index in
            unsafe channel(predict.channelName(index), predict.channelValues(index))
        }
        history.add("channels", channels)
        let future = unsafe (0..<predict.futureCount).map { index in
            unsafe channel(predict.futureName(index), predict.futureValues(index))
        }
        var builder = MeaningBuilder()
        unsafe builder.add("series_id", String(decoding: predict.seriesID, as: UTF8.self))
        if !history.fields.isEmpty { builder.add("history", message: history.meaning) }
        unsafe builder.add("horizon", predict.horizon)
        builder.add("future", future)
        unsafe builder.add("quantiles", predict.quantiles.map { Meaning($0) })
        unsafe builder.add("actuals", predict.actuals.map { Meaning($0) })
        return builder.meaning
    }

    private static func channel(_ name: UnsafeRawBufferPointer, _ values: UnsafeBufferPointer<Double>) -> Meaning {
        var builder = MeaningBuilder()
        unsafe builder.add("name", String(decoding: name, as: UTF8.self))
        unsafe builder.add("values", values.map { Meaning($0) })
        return builder.meaning
    }

    private static func infer(_ infer: InferMessage) -> Meaning {
        let inputs = unsafe (0..<infer.inputCount).map { index in
            let tensor = unsafe infer.input(index)
            var builder = MeaningBuilder()
            unsafe builder.add("name", String(decoding: tensor.name, as: UTF8.self))
            if let type = unsafe tensor.type {
                builder.add("type", type.name.uppercased())
            } else {
                let number = unsafe tensor.typeNumber
                if number != 0 { builder.add("type", Double(number)) }
            }
            unsafe builder.add("shape", tensor.shape.map { Meaning($0) })
            unsafe builder.add("data", bytes: Array(tensor.data))
            return builder.meaning
        }
        let outputs = unsafe (0..<infer.outputCount).map { index in
            unsafe Meaning.text(String(decoding: infer.outputName(index), as: UTF8.self))
        }
        var builder = MeaningBuilder()
        builder.add("inputs", inputs)
        builder.add("outputs", outputs)
        return builder.meaning
    }
}
