package import InferdBase

/// Writes replies as frames, straight into the buffer they are sent from.
///
/// A reply is `beginFrame`, then its parts in any order (a protobuf message's fields may come in any),
/// then `endFrame`. In steady use nothing is allocated.
package struct ReplyWriter: ~Copyable {
    /// Finished frames. The caller sends them and removes what is sent.
    package var bytes = OwnedBytes()
    private var frameStart = 0
    /// For compressing. Writers are many: hardly anything is kept from one reply to the next.
    private(set) var scratch = OwnedBytes()

    package init() {}

    /// - Parameter id: the request's; 0 for what answers none.
    package mutating func beginFrame(id: UInt64) {
        frameStart = bytes.beginFrame()
        bytes.appendField(1, varint: id)
    }

    package mutating func endFrame() {
        bytes.endFrame(at: frameStart)
    }

    /// Compresses the frame that ended last if that saves an eighth of it.
    package mutating func compressLastFrame() {
        FrameCompression.compressFrame(at: frameStart, in: &bytes, scratch: &scratch)
        scratch.removeAll()
        scratch.shrink(toCapacity: 8 << 10)
    }

    /// A whole frame that refuses a request.
    package mutating func writeRefusal(id: UInt64, _ error: RequestError) {
        beginFrame(id: id)
        writeStatus(error)
        endFrame()
    }

    package mutating func writeStatus(_ error: RequestError) {
        let mark = bytes.beginMessage(2)
        bytes.appendField(1, error.code.rawValue)
        bytes.appendField(2, error.message)
        bytes.appendField(3, error.field)
        bytes.appendField(4, error.retryAfterMilliseconds)
        bytes.endMessage(mark)
    }

    package mutating func writeReceipt(_ receipt: ReceiptValues) {
        let mark = bytes.beginMessage(3)
        bytes.appendField(1, receipt.receive)
        bytes.appendField(2, receipt.queue)
        bytes.appendField(3, receipt.decode)
        bytes.appendField(4, receipt.precheck)
        bytes.appendField(5, receipt.checkUniform)
        bytes.appendField(6, receipt.prepareFrame)
        bytes.appendField(7, receipt.window)
        bytes.appendField(8, receipt.model)
        bytes.appendField(9, receipt.inverseScale)
        bytes.appendField(10, receipt.metrics)
        bytes.appendField(11, receipt.serialize)
        bytes.appendField(12, receipt.publish)
        bytes.appendField(13, receipt.total)
        bytes.appendField(14, receipt.modelRuns)
        bytes.appendField(15, receipt.batchRows)
        bytes.appendField(16, receipt.worker)
        bytes.endMessage(mark)
    }

    package mutating func writeCache(_ outcome: CacheOutcome, ageMilliseconds: UInt32) {
        let mark = bytes.beginMessage(4)
        bytes.appendField(1, outcome.rawValue)
        bytes.appendField(2, ageMilliseconds)
        bytes.endMessage(mark)
    }

    /// A body's field, as it was written before.
    package mutating func writeEncodedField(_ field: RawSpan) {
        bytes.append(field)
    }

    package mutating func writePing(payload: RawSpan) {
        let mark = bytes.beginMessage(BodyKind.ping.rawValue, expectedBytes: payload.byteCount + 4)
        bytes.appendField(1, payload)
        bytes.endMessage(mark)
    }

    package mutating func writeCancel(cancelled: Bool) {
        let mark = bytes.beginMessage(BodyKind.cancel.rawValue)
        bytes.appendField(1, cancelled)
        bytes.endMessage(mark)
    }

    package mutating func writeGoAway(lastRequest: UInt64) {
        let mark = bytes.beginMessage(23)
        bytes.appendField(1, varint: lastRequest)
        bytes.endMessage(mark)
    }

    package mutating func writeHello(_ hello: HelloValues) {
        let mark = bytes.beginMessage(BodyKind.hello.rawValue)
        bytes.appendField(1, hello.protocolVersion)
        bytes.appendField(2, hello.serverVersion)
        let limits = bytes.beginMessage(3)
        bytes.appendField(1, varint: hello.frameBytes)
        bytes.appendField(2, hello.inFlightPerConnection)
        bytes.appendField(3, hello.historyPoints)
        bytes.appendField(4, hello.channels)
        bytes.appendField(5, hello.horizon)
        bytes.appendField(6, hello.quantiles)
        bytes.appendField(7, hello.defaultTimeoutMilliseconds)
        bytes.endMessage(limits)
        bytes.endMessage(mark)
    }
}
