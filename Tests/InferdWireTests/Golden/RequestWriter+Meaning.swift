import InferdBase

@testable import InferdWire

extension RequestWriter {
    /// The message that says `meaning`, without its frame.
    static func message(_ meaning: Meaning) -> [UInt8] {
        var head = RequestHead(id: meaning.unsigned("id"))
        head.timeoutMilliseconds = meaning.unsigned32("timeout_ms")
        head.traceparent = meaning.text("traceparent")
        head.model = meaning.text("model")
        head.version = meaning.unsigned("version")
        if let cache = meaning["cache"] {
            head.cacheBypass = cache.flag("bypass")
            head.cacheRefresh = cache.flag("refresh")
            head.cacheMaximumAgeMilliseconds = cache.unsigned32("max_age_ms")
        }
        head.wantReceipt = meaning.flag("want_receipt")
        head.isBatchPriority = meaning.text("priority") == "BATCH"
        var writer = RequestWriter()
        writer.begin(head)
        writer.writeBody(meaning)
        writer.end()
        return messages(in: writer.bytes)[0]
    }

    private mutating func writeBody(_ meaning: Meaning) {
        if let hello = meaning["hello"] {
            writeHello(
                protocolVersion: hello.unsigned32("protocol_version"), clientName: hello.text("client_name"),
                token: hello.text("token"), acceptsCompressed: hello.flag("accept_lz4"))
        } else if let predict = meaning["predict"] {
            writePredict(Self.values(predict))
        } else if let infer = meaning["infer"] {
            writeInfer(infer.list("inputs").map { $0.tensorValues }, outputs: infer.texts("outputs"))
        } else if meaning["models"] != nil {
            writeModels()
        } else if meaning["stats"] != nil {
            writeStats()
        } else if let cancel = meaning["cancel"] {
            writeCancel(id: cancel.unsigned("id"))
        } else if let ping = meaning["ping"] {
            let payload = ping.bytes("payload")
            unsafe writePing(payload: payload.span.bytes)
        }
    }

    private static func values(_ predict: Meaning) -> PredictValues {
        var values = PredictValues()
        values.seriesID = predict.text("series_id")
        if let history = predict["history"] {
            values.timestamps = history.integers("timestamps_us")
            values.regular = history["regular"].map { regular in
                PredictValues.RegularTime(start: Int64(regular.text("start_us")) ?? 0, step: regular.text("step"))
            }
            values.channels = history.list("channels").map(channel)
        }
        values.horizon = predict.unsigned32("horizon")
        values.future = predict.list("future").map(channel)
        values.quantiles = predict.numbers("quantiles")
        values.actuals = predict.numbers("actuals")
        return values
    }

    private static func channel(_ meaning: Meaning) -> PredictValues.Channel {
        PredictValues.Channel(name: meaning.text("name"), values: meaning.numbers("values"))
    }
}

extension Meaning {
    func texts(_ name: String) -> [String] {
        list(name).map { if case .text(let text) = $0 { text } else { "" } }
    }

    /// The type of a tensor, `string` when none or an unknown one is given.
    var elementType: ElementType {
        ElementType.allCases.first { $0.name.uppercased() == text("type") } ?? .string
    }

    var tensorValues: TensorValues {
        TensorValues(name: text("name"), type: elementType, shape: integers("shape"), data: bytes("data"))
    }
}

/// The messages of the plain frames that `bytes` is made of.
func messages(in bytes: borrowing OwnedBytes) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var offset = 0
    while offset < bytes.count {
        let rest = bytes.span.extracting(droppingFirst: offset)
        guard
            case .frame(false, let payload, _, let total) = FrameScanner.scan(
                rest, maximumMessageBytes: Limits.maximumFrameBytes)
        else { break }
        messages.append(rest.extracting(payload).array)
        offset += total
    }
    return messages
}

extension RawSpan {
    var array: [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}
