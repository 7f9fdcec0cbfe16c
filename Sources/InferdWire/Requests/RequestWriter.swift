package import InferdBase

/// Writes requests as frames into a buffer: `begin`, one body, `end`.
package struct RequestWriter: ~Copyable {
    /// Finished frames. The caller sends them and removes what is sent.
    package var bytes = OwnedBytes()
    private var frameStart = 0
    private var scratch = OwnedBytes()

    package init() {}

    package mutating func begin(_ head: RequestHead) {
        frameStart = bytes.beginFrame()
        bytes.appendField(1, varint: head.id)
        bytes.appendField(2, head.timeoutMilliseconds)
        bytes.appendField(3, head.traceparent)
        bytes.appendField(4, head.model)
        bytes.appendField(5, varint: head.version)
        if head.cacheBypass || head.cacheRefresh || head.cacheMaximumAgeMilliseconds != 0 {
            let mark = bytes.beginMessage(6)
            bytes.appendField(1, head.cacheBypass)
            bytes.appendField(2, head.cacheRefresh)
            bytes.appendField(3, head.cacheMaximumAgeMilliseconds)
            bytes.endMessage(mark)
        }
        bytes.appendField(7, head.wantReceipt)
        bytes.appendField(8, head.isBatchPriority)
    }

    /// - Parameter compress: use LZ4 if it saves an eighth.
    package mutating func end(compress: Bool = false) {
        bytes.endFrame(at: frameStart)
        if compress {
            FrameCompression.compressFrame(at: frameStart, in: &bytes, scratch: &scratch)
        }
    }

    package mutating func writeHello(
        protocolVersion: UInt32, clientName: String, token: String, acceptsCompressed: Bool
    ) {
        let mark = bytes.beginMessage(BodyKind.hello.rawValue)
        bytes.appendField(1, protocolVersion)
        bytes.appendField(2, clientName)
        bytes.appendField(3, token)
        bytes.appendField(4, acceptsCompressed)
        bytes.endMessage(mark)
    }

    package mutating func writePing(payload: RawSpan) {
        let mark = bytes.beginMessage(BodyKind.ping.rawValue, expectedBytes: payload.byteCount + 4)
        bytes.appendField(1, payload)
        bytes.endMessage(mark)
    }

    package mutating func writeCancel(id: UInt64) {
        let mark = bytes.beginMessage(BodyKind.cancel.rawValue)
        bytes.appendField(1, varint: id)
        bytes.endMessage(mark)
    }

    package mutating func writeModels() {
        bytes.endMessage(bytes.beginMessage(BodyKind.models.rawValue))
    }

    package mutating func writeStats() {
        bytes.endMessage(bytes.beginMessage(BodyKind.stats.rawValue))
    }

    package mutating func writePredict(_ predict: PredictValues) {
        let expected = predict.timestamps.count * 8 * (predict.channels.count + 1)
        let mark = bytes.beginMessage(BodyKind.predict.rawValue, expectedBytes: expected)
        bytes.appendField(1, predict.seriesID)
        let history = bytes.beginMessage(2, expectedBytes: expected)
        bytes.appendField(1, sfixed64: predict.timestamps.span)
        if let regular = predict.regular {
            let time = bytes.beginMessage(2)
            bytes.appendField(1, sfixed64: regular.start)
            bytes.appendField(2, regular.step)
            bytes.endMessage(time)
        }
        writeChannels(3, predict.channels)
        bytes.endMessage(history)
        bytes.appendField(3, predict.horizon)
        writeChannels(4, predict.future)
        bytes.appendField(5, predict.quantiles.span)
        bytes.appendField(6, predict.actuals.span)
        bytes.endMessage(mark)
    }

    private mutating func writeChannels(_ number: UInt32, _ channels: [PredictValues.Channel]) {
        for channel in channels {
            let mark = bytes.beginMessage(number, expectedBytes: channel.values.count * 8 + 16)
            bytes.appendField(1, channel.name)
            bytes.appendField(2, channel.values.span)
            bytes.endMessage(mark)
        }
    }

    /// - Parameter outputs: names of those wanted; empty: all.
    package mutating func writeInfer(_ inputs: [TensorValues], outputs: [String]) {
        let expected = inputs.reduce(0) { $0 + $1.data.count + 64 }
        let mark = bytes.beginMessage(BodyKind.infer.rawValue, expectedBytes: expected)
        for tensor in inputs {
            let element = bytes.beginMessage(1, expectedBytes: tensor.data.count + 32)
            bytes.appendField(1, tensor.name)
            bytes.appendField(2, tensor.type.rawValue)
            bytes.appendField(3, varints: tensor.shape.span)
            unsafe bytes.appendField(4, tensor.data.span.bytes)
            bytes.endMessage(element)
        }
        for output in outputs {
            bytes.appendElement(2, output)
        }
        bytes.endMessage(mark)
    }
}
