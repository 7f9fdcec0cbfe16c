import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// Messages that are small to send and would be large to hold, or that mean something else to another
/// decoder, against a daemon of their own whose memory is watched.
struct BombTests {
    private let models: ModelFolder
    private let daemon: DaemonProcess

    init() throws {
        models = try ModelFolder()
        try models.addBundle("auto")
        try models.addPlain("linear")
        daemon = try DaemonProcess(models: models.path, arguments: ["--workers", "1"])
    }

    private static let predict: UInt64 = 17
    private static let infer: UInt64 = 18
    private static let mebibyte = 1024

    /// `bytes` again and again, more than half of `count` bytes.
    private func repeated(_ bytes: [UInt8], upTo count: Int) -> [UInt8] {
        var result = bytes
        while result.count * 2 <= count { result += result }
        return result
    }

    /// The daemon's greatest memory so far, in KiB.
    private func peak() throws -> Int { try daemon.memory("VmHWM") }

    /// Sends the message and expects its refusal, without more memory than `factor` times the message and
    /// a constant.
    private func expectRefusal(
        _ name: String, _ message: [UInt8], flags: UInt8 = 0, id: UInt64 = 7, uncompressed: Int? = nil,
        code: StatusCode = .invalidArgument, _ field: String, _ text: String
    ) throws {
        let client = try TestClient(path: daemon.socketPath)
        #expect(try client.repliesBeforePing().isEmpty)
        let before = try peak()
        try client.socket.sendFrame(flags: flags, message)
        try BadInput.expectRefusal(client, id: id, code, field, text, name)
        let bound = 8 * (uncompressed ?? message.count) / 1024 + 4 * Self.mebibyte
        let grown = try peak() - before
        #expect(grown < bound, "\(name): \(grown) KiB more, for a message of \(message.count) bytes")
    }

    @Test func announcedLengthsTakeNoMemory() throws {
        let before = try (resident: daemon.memory("VmRSS"), virtual: daemon.memory("VmSize"))
        // The greatest length that is accepted, announced by many, with nothing behind it.
        let length = UInt32(Limits.defaultFrameBytes)
        let prefix = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) }
        var clients: [TestClient] = []
        for round in 0..<100 {
            let client = try TestClient(path: daemon.socketPath)
            #expect(try client.repliesBeforePing().isEmpty)
            // Plain, and compressed with the greatest size announced.
            try client.socket.send(round % 2 == 0 ? [0] + prefix : [1, 0, 0, 1, 0] + prefix)
            clients.append(client)
        }
        let other = try TestClient(path: daemon.socketPath)
        // The headers have been looked at when this is answered; then comes one byte more.
        #expect(try other.repliesBeforePing().isEmpty)
        for client in clients { try client.socket.send([8]) }
        // Over the limit: refused by its header alone.
        for header: [UInt8] in [
            [0, 0xFF, 0xFF, 0xFF, 0xFF], [1, 0xFF, 0xFF, 0xFF, 0xFF], [0, 0x7F, 0xFF, 0xFF, 0xFF],
        ] {
            let client = try TestClient(path: daemon.socketPath)
            try client.socket.send(header)
            let reply = try client.receive()
            #expect(reply.id == 0 && reply.error?.code == .invalidArgument)
            #expect(reply.error?.message.contains("\(Limits.defaultFrameBytes)") == true)
            #expect(try client.socket.receiveFrame() == nil)
        }
        #expect(try other.stats().connectionsOpen >= 101)
        let resident = try daemon.memory("VmRSS") - before.resident
        let virtual = try daemon.memory("VmSize") - before.virtual
        // 100 connections with their buffers, which announced 800 MiB. The allocator reserves 64 MiB of
        // addresses for each thread.
        #expect(resident < 8 * Self.mebibyte, "\(resident) KiB more resident")
        #expect(virtual < 256 * Self.mebibyte, "\(virtual) KiB more of addresses")
    }

    @Test func repeatedElementsAreCountedBeforeTheyAreMade() throws {
        let history: UInt64 = 2
        // Two bytes each, of a channel in the history: millions of them fit a frame.
        let channels = repeated(RawMessage.field(3, []), upTo: 4 << 20)
        try expectRefusal(
            "channels", RawMessage.request(id: 7, model: "auto", Self.predict, RawMessage.field(history, channels)),
            "predict.history.channels", "256")
        let stamps = RawMessage.field(1, [UInt8](repeating: 0, count: 4 << 20))
        try expectRefusal(
            "packed stamps", RawMessage.request(id: 7, model: "auto", Self.predict, RawMessage.field(history, stamps)),
            "predict.history.timestamps_us", "16384")
        try expectRefusal(
            "tensors",
            RawMessage.request(id: 7, model: "linear", Self.infer, repeated(RawMessage.field(1, []), upTo: 4 << 20)),
            "infer.inputs", "256")
        // A byte of a packed varint becomes eight.
        let shape = RawMessage.field(3, [UInt8](repeating: 1, count: 4 << 20))
        try expectRefusal(
            "packed extents",
            RawMessage.request(id: 7, model: "linear", Self.infer, RawMessage.field(1, shape)),
            "infer.inputs[0].shape", "16384")
    }

    @Test func unknownFieldsDoNotGrow() throws {
        // protobuf-c keeps what it does not know, at many times its size.
        let unknown = repeated(RawMessage.field(15, 1), upTo: 4 << 20)
        try expectRefusal(
            "unknown fields", RawMessage.request(id: 7, model: "auto", Self.predict, unknown),
            "predict", "256 unknown fields")
        try expectRefusal(
            "unknown fields of the envelope", RawMessage.request(id: 7, 22, []) + unknown, "", "256 fields")
    }

    @Test func nestingEndsWhereTheMessagesEnd() throws {
        var nest: [UInt8] = []
        for _ in 0..<2000 { nest = RawMessage.field(2, nest) }
        // Two messages deep, the rest is a field nobody knows.
        try expectRefusal(
            "nest", RawMessage.request(id: 7, model: "auto", Self.predict, nest), "predict.history.regular.step", "NUL")
        // Groups, which other decoders would follow.
        let groups = repeated(RawMessage.varint(2 << 3 | 3), upTo: 1 << 20)
        try expectRefusal("groups", RawMessage.request(id: 7, model: "auto", Self.predict, groups), "predict", "groups")
        try expectRefusal("groups of the envelope", RawMessage.field(1, 7) + groups, "", "groups")
    }

    @Test func compressedBombsAreRefusedByWhatTheyAnnounceOrHold() throws {
        /// A frame's payload: the size that is announced, and the block.
        func payload(_ announced: Int, _ block: [UInt8]) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: announced >> (24 - 8 * $0)) } + block
        }
        let greatest = Limits.defaultFrameBytes
        try expectRefusal(
            "announces what a block cannot hold", payload(greatest, [0x10, 0x41]), flags: 1, id: 0, "", "LZ4")
        // One byte, repeated as often as 255 in each byte of the length make.
        let lengths = [UInt8](repeating: 0xFF, count: greatest / 255)
        let block: [UInt8] = [0x1F, 0, 1, 0] + lengths + [0, 0x50, 0, 0, 0, 0, 0]
        try expectRefusal(
            "holds more than announced", payload(greatest - 100_000, block), flags: 1, id: 0,
            uncompressed: greatest, "", "LZ4")
        try expectRefusal(
            "is cut", payload(greatest, Array(block.dropLast(6))), flags: 1, id: 0,
            uncompressed: greatest, "", "LZ4")
        // What is unpacked is looked at as any other: zeros are no field.
        let unpacked = 1 + 4 + 15 + 255 * lengths.count + 5
        try expectRefusal("zeros", payload(unpacked, block), flags: 1, id: 0, uncompressed: greatest, "", "number 0")
        // An offset before the block's beginning.
        try expectRefusal(
            "reaches before its beginning", payload(100, [0x1F, 0, 9, 0, 60, 0x50, 0, 0, 0, 0, 0]),
            flags: 1, id: 0, "", "LZ4")
    }

    @Test func fieldsGivenTwiceAreRefusedAtAnyDepth() throws {
        let regular = RawMessage.field(2, RawMessage.field(2, "1h"))
        for (name, kind, body, field): (String, UInt64, [UInt8], String) in [
            ("history", Self.predict, RawMessage.field(2, []) + RawMessage.field(2, []), "predict.history"),
            ("horizon", Self.predict, RawMessage.field(3, 1) + RawMessage.field(3, 2), "predict.horizon"),
            ("regular", Self.predict, RawMessage.field(2, regular + regular), "predict.history.regular"),
            (
                "channel's name", Self.predict,
                RawMessage.field(
                    2,
                    RawMessage.field(3, []) + RawMessage.field(3, RawMessage.field(1, "a") + RawMessage.field(1, "b"))),
                "predict.history.channels[1].name"
            ),
            (
                "tensor's data", Self.infer,
                RawMessage.field(1, RawMessage.field(4, [0]) + RawMessage.field(4, [0])), "infer.inputs[0].data"
            ),
        ] {
            let model = kind == Self.predict ? "auto" : "linear"
            try expectRefusal(name, RawMessage.request(id: 7, model: model, kind, body), field, "twice")
        }
    }

    @Test func typesAndTextsNoMessageHasAreRefused() throws {
        // A tensor of a type that is none, and names that are no text.
        let unknown = RawMessage.field(1, "x") + RawMessage.field(2, 77) + RawMessage.field(3, [1, 4])
        try expectRefusal(
            "type", RawMessage.request(id: 7, model: "linear", Self.infer, RawMessage.field(1, unknown)),
            "infer.inputs[0].type", "77")
        let name = RawMessage.field(1, RawMessage.field(1, [0xC3, 0x28]))
        try expectRefusal(
            "no UTF-8", RawMessage.request(id: 7, model: "linear", Self.infer, name), "infer.inputs[0].name", "UTF-8")
        let cut = RawMessage.field(2, RawMessage.field(1, [1, 2, 3]))
        try expectRefusal(
            "stamps of three bytes", RawMessage.request(id: 7, model: "auto", Self.predict, cut),
            "predict.history.timestamps_us", "multiple of 8")
        try expectRefusal(
            "a number for a message", RawMessage.request(id: 7, model: "auto", Self.predict, RawMessage.field(2, 5)),
            "predict.history", "wire type")
        try expectRefusal(
            "a body that is cut", RawMessage.request(id: 7, model: "auto", Self.predict, [0x12, 0x7F, 1]), "predict",
            "ends within a field"
        )
    }
}
