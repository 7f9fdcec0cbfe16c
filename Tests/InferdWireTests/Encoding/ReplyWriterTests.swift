import InferdBase
import Testing

@testable import InferdWire

struct ReplyWriterTests {
    private static let values = (0..<200).map(Double.init)
    private static let times = (0..<200).map(Int64.init)

    /// A reply with everything a forecast may bring.
    private func write(_ id: UInt64, to writer: inout ReplyWriter) {
        writer.beginFrame(id: id)
        var receipt = ReceiptValues()
        receipt.total = 1
        writer.writeReceipt(receipt)
        writer.writeCache(.miss, ageMilliseconds: 0)
        var metrics = MetricValues()
        metrics.mae = MetricValue(value: 0.5, points: 200)
        let name: [UInt8] = Array("model".utf8)
        unsafe writer.writePredict(
            model: name.span.bytes, version: 1, timestamps: Self.times.span, values: Self.values.span,
            quantileLevels: [0.5].span, quantileValues: Self.values.span, metrics: metrics, filledPoints: 0)
        writer.endFrame()
    }

    @Test func aWriterInSteadyUseTakesNoMemory() {
        var writer = ReplyWriter()
        for id in 1...10 as ClosedRange<UInt64> { write(id, to: &writer) }
        let capacity = writer.bytes.capacity
        let address = unsafe UInt(bitPattern: writer.bytes.baseAddress)
        for round in 0..<100 {
            writer.bytes.removeAll()
            for id in 1...10 as ClosedRange<UInt64> { write(id, to: &writer) }
            #expect(writer.bytes.capacity == capacity, "round \(round)")
            #expect(unsafe UInt(bitPattern: writer.bytes.baseAddress) == address)
        }
    }

    @Test func framesFollowOneAnother() throws {
        var writer = ReplyWriter()
        write(1, to: &writer)
        writer.writeRefusal(id: 2, .invalid("model", "no such thing"))
        writer.beginFrame(id: 0)
        writer.writeStatus(RequestError(.unavailable, "draining"))
        writer.writeGoAway(lastRequest: 9)
        writer.endFrame()
        let replies = try messages(in: writer.bytes).map { try unsafe ReplyMessage.decode($0.span.bytes) }
        #expect(replies.map(\.id) == [1, 2, 0])
        guard case .predict(let forecast) = replies[0].body else {
            Issue.record("\(replies[0])")
            return
        }
        #expect(forecast.values == Self.values && forecast.timestamps == Self.times)
        #expect(forecast.quantiles == [.init(level: 0.5, values: Self.values)])
        #expect(forecast.metrics?.mae == MetricValue(value: 0.5, points: 200) && forecast.metrics?.rmse == nil)
        #expect(replies[0].cache == .miss && replies[0].receipt?.total == 1 && replies[0].error == nil)
        #expect(replies[1].error == .invalid("model", "no such thing") && replies[1].body == .none)
        #expect(replies[2].error?.code == .unavailable && replies[2].body == .goAway(lastRequest: 9))
    }

    @Test func onlyTheLastFrameIsCompressed() throws {
        var writer = ReplyWriter()
        write(1, to: &writer)
        let plain = writer.bytes.span.array
        write(2, to: &writer)
        writer.compressLastFrame()
        #expect(Array(writer.bytes.span.array[..<plain.count]) == plain)
        let rest = writer.bytes.span.extracting(droppingFirst: plain.count)
        let scan = FrameScanner.scan(rest, maximumMessageBytes: Limits.defaultFrameBytes)
        guard case .frame(true, let payload, let size, let total) = scan, total == rest.byteCount else {
            Issue.record("\(scan)")
            return
        }
        var message = OwnedBytes()
        try FrameCompression.decompress(rest.extracting(payload), uncompressedBytes: size, into: &message)
        #expect(try ReplyMessage.decode(message.span).id == 2)
    }

    @Test func anEncodedBodyIsTheSameAsOneWritten() throws {
        var writer = ReplyWriter()
        write(1, to: &writer)
        let message = messages(in: writer.bytes)[0]
        let reply = try unsafe ReplyMessage.decode(message.span.bytes)
        var cursor = unsafe ByteCursor(message.span.bytes)
        var body: Range<Int>?
        while !cursor.isAtEnd {
            let start = cursor.offset
            let field = try cursor.readField()
            if field.number == BodyKind.predict.rawValue { body = start..<cursor.offset }
        }
        var copy = ReplyWriter()
        copy.beginFrame(id: 5)
        let encoded = try Array(message[#require(body)])
        unsafe copy.writeEncodedField(encoded.span.bytes)
        copy.endFrame()
        let copiedMessage = messages(in: copy.bytes)[0]
        let copied = try unsafe ReplyMessage.decode(copiedMessage.span.bytes)
        #expect(copied.body == reply.body && copied.id == 5)
    }
}
