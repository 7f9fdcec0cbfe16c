import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// What the daemon does with bytes that are no requests. Where framing is intact the connection lives on;
/// where it is lost, the peer is told and the connection ends.
struct FramingTests {
    /// Sends raw bytes, expects a goaway of the given code, and the connection's end.
    private func expectGoAway(
        _ bytes: [UInt8], _ code: StatusCode, _ message: String, endInput: Bool = false,
        _ place: SourceLocation = #_sourceLocation
    ) throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.socket.send(bytes)
        if endInput { client.socket.shutdownSending() }
        let reply = try client.receive()
        #expect(reply.id == 0, sourceLocation: place)
        #expect(reply.error?.code == code, sourceLocation: place)
        #expect(reply.error?.message.contains(message) == true, "\(reply)", sourceLocation: place)
        guard case .goAway = reply.body else {
            Issue.record("no goaway: \(reply)", sourceLocation: place)
            return
        }
        #expect(try client.socket.receiveFrame() == nil, sourceLocation: place)
        // The daemon serves others.
        #expect(try server.connect().repliesBeforePing().isEmpty, sourceLocation: place)
    }

    /// Sends one frame, expects an error for request `id`, and that the connection lives on.
    private func expectRefusal(
        flags: UInt8 = 0, _ message: [UInt8], id: UInt64, _ code: StatusCode, _ field: String,
        _ text: String, _ place: SourceLocation = #_sourceLocation
    ) throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.socket.sendFrame(flags: flags, message)
        let reply = try client.receive()
        #expect(reply.id == id, sourceLocation: place)
        #expect(reply.error?.code == code, "\(reply)", sourceLocation: place)
        #expect(reply.error?.field == field, sourceLocation: place)
        #expect(reply.error?.message.contains(text) == true, "\(reply)", sourceLocation: place)
        #expect(try client.repliesBeforePing().isEmpty, sourceLocation: place)
        let accounts = try server.accountsAtRest()
        #expect(accounts.received == accounts.settled, sourceLocation: place)
    }

    @Test func unknownFlagsEndTheConnection() throws {
        try expectGoAway([2, 0, 0, 0, 0], .invalidArgument, "flags 2")
        try expectGoAway([255, 0, 0, 0, 1, 0], .invalidArgument, "flags 255")
    }

    @Test func aLengthOverTheLimitIsRefusedBeforeItsBytesCome() throws {
        try expectGoAway([0, 0xFF, 0xFF, 0xFF, 0xFF], .invalidArgument, "\(Limits.defaultFrameBytes)")
        let tooMany = UInt32(Limits.defaultFrameBytes + 1)
        let prefix = (0..<4).map { UInt8(truncatingIfNeeded: tooMany >> (24 - 8 * UInt32($0))) }
        try expectGoAway([0] + prefix, .invalidArgument, "\(tooMany)")
    }

    @Test func aTruncatedFrameEndsTheConnection() throws {
        try expectGoAway([0, 0, 0, 0, 9, 8, 1], .invalidArgument, "middle of a frame", endInput: true)
        try expectGoAway([0, 0], .invalidArgument, "middle of a frame", endInput: true)
    }

    @Test func garbageInAFrameIsRefusedAndTheConnectionLives() throws {
        try expectRefusal(
            [UInt8](repeating: 0xFF, count: 64), id: 0, .invalidArgument, "", "varint")
        try expectRefusal([], id: 0, .invalidArgument, "id", "0")
    }

    @Test func anIdOfZeroIsRefused() throws {
        // Field 22, a ping, and nothing else.
        try expectRefusal([0xB2, 0x01, 0x00], id: 0, .invalidArgument, "id", "0")
    }

    @Test func aRequestWithoutABodyIsRefused() throws {
        try expectRefusal([8, 7], id: 7, .invalidArgument, "", "body")
    }

    @Test func fieldsGivenTwiceAreRefused() throws {
        try expectRefusal([8, 7, 16, 1, 16, 1, 0xB2, 0x01, 0], id: 7, .invalidArgument, "timeout_ms", "twice")
        try expectRefusal([8, 7, 0xB2, 0x01, 0, 0xB2, 0x01, 0], id: 7, .invalidArgument, "ping", "")
    }

    @Test func textThatIsNoUTF8IsRefused() throws {
        try expectRefusal([8, 7, 0x22, 2, 0xC3, 0x28, 0xB2, 0x01, 0], id: 7, .invalidArgument, "model", "UTF-8")
        try expectRefusal([8, 7, 0x22, 1, 0, 0xB2, 0x01, 0], id: 7, .invalidArgument, "model", "")
    }

    @Test func tooManyFieldsAreRefused() throws {
        let unknown: [[UInt8]] = Array(repeating: [0xF8, 0x07, 1], count: Limits.topLevelFields)
        let message: [UInt8] = [8, 7] + unknown.joined() + [0xB2, 0x01, 0]
        try expectRefusal(message, id: 7, .invalidArgument, "", "\(Limits.topLevelFields)")
    }

    @Test func aCompressedBombIsRefusedWithoutItsMemory() throws {
        // Announces more than the limit.
        try expectGoAway([1, 0, 0, 0, 5, 0x7F, 0xFF, 0xFF, 0xFF, 0], .invalidArgument, "2147483647")
        // Announces 4 MiB and holds a few bytes.
        try expectRefusal(
            flags: 1, [0, 0x40, 0, 0, 0x10, 0x41], id: 0, .invalidArgument, "", "LZ4")
        // Holds more than it announces.
        let block: [UInt8] = [0x1F, 0x41, 1, 0, 0xFF, 0xFF, 0xFF, 0x10, 0x50, 0x41, 0x41, 0x41, 0x41, 0x41]
        try expectRefusal(flags: 1, [0, 0, 0, 9] + block, id: 0, .invalidArgument, "", "LZ4")
    }

    @Test func bodiesThatAreNoMessagesAreRefusedByName() throws {
        // A hello whose body is cut, and one with a field given twice.
        try expectRefusal([8, 7, 0x82, 0x01, 2, 0x12, 9], id: 7, .invalidArgument, "hello", "")
        try expectRefusal(
            [8, 7, 0x82, 0x01, 4, 8, 1, 8, 1], id: 7, .invalidArgument, "hello.protocol_version", "twice")
    }

    @Test func aPayloadOverTheLimitIsRefused() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.sendPing(id: 3, [UInt8](repeating: 0, count: Limits.pingPayloadBytes + 1))
        #expect(try client.receive().error?.field == "ping.payload")
    }

    @Test func aFrameMayComeByteByByte() throws {
        let server = try TestServer()
        let client = try server.connect()
        for byte in FrameSocket.frame([8, 7, 0xB2, 0x01, 3, 0x0A, 1, 0x55]) { try client.socket.send([byte]) }
        #expect(try client.receive().body == .ping(payload: [0x55]))
    }

    @Test func manyFramesMayComeAtOnce() throws {
        let server = try TestServer()
        let client = try server.connect()
        var bytes: [UInt8] = []
        for id in 1...100 { bytes += FrameSocket.frame([8, UInt8(id), 0xB2, 0x01, 0]) }
        try client.socket.send(bytes)
        for id in 1...100 { #expect(try client.receive().id == UInt64(id)) }
    }

    @Test func randomBytesNeverStopTheDaemon() throws {
        var random = SeededGenerator(for: "randomBytesNeverStopTheDaemon")
        let server = try TestServer()
        for round in 0..<300 {
            let client = try server.connect()
            let count = Int.random(in: 1...600, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            // Half of them are framed, so that what is inside is looked at.
            if round % 2 == 0 { bytes = FrameSocket.frame(flags: UInt8(round / 2 % 2), bytes) }
            try client.socket.send(bytes)
            client.socket.shutdownSending()
            while try client.socket.receiveFrame() != nil {}
        }
        #expect(try server.connect().repliesBeforePing().isEmpty)
        let accounts = try server.accountsAtRest()
        #expect(accounts.received == accounts.settled)
    }
}
