import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

/// What `proto/golden` does not say: ranges, ids of refused messages, and random damage.
struct EnvelopeTests {
    private func peek(_ message: [UInt8]) throws(EnvelopeError) -> Envelope {
        try unsafe Envelope.peek(message.span.bytes)
    }

    private func refusal(_ message: [UInt8]) -> EnvelopeError? {
        do throws(EnvelopeError) {
            _ = try peek(message)
            return nil
        } catch {
            return error
        }
    }

    @Test func rangesAreThoseOfTheBytes() throws {
        let message: [UInt8] = [0x08, 7, 0x22, 1, 0x6D, 0x1A, 2, 0x74, 0x74, 0x8A, 0x01, 3, 0x0A, 1, 0x73, 0x48, 1]
        let envelope = try peek(message)
        #expect(envelope.model == 4..<5 && envelope.traceparent == 7..<9 && envelope.body == 12..<15)
        #expect(envelope.kind == .predict && envelope.id == 7)
    }

    @Test func everyKindIsToldByItsField() throws {
        for kind in BodyKind.allCases {
            let tag = kind.rawValue << 3 | 2
            let message: [UInt8] = [8, 1, 0x22, 1, 0x6D, UInt8(tag & 0x7F) | 0x80, UInt8(tag >> 7), 0]
            let envelope = try peek(message)
            // An empty body still is one.
            #expect(envelope.kind == kind && envelope.body.isEmpty && envelope.body.lowerBound == message.count)
        }
    }

    @Test func aBodyBeforeEverythingElseIsOne() throws {
        let envelope = try peek([0xB2, 0x01, 0, 8, 1])
        #expect(envelope.body == 3..<3 && envelope.id == 1)
    }

    @Test func refusalsCarryTheIdWhereItCanBeRead() {
        // Behind the fault, but before the place that cannot be read.
        #expect(refusal([0x10, 1, 0x10, 1, 8, 9, 0x0F])?.id == 9)
        #expect(refusal([0x0F, 8, 9])?.id == 0)
        #expect(refusal([8, 9, 8, 9])?.id == 0)
        // As text it is none.
        #expect(refusal([0x0A, 1, 1, 8, 9])?.id == 9)
        #expect(refusal([0x0A, 1, 1])?.id == 0)
        #expect(refusal([8, 0x80])?.id == 0)
    }

    @Test func theIdOfAMessageOfTooManyFieldsIsLookedForAmongTheFirst() {
        let unknown = [UInt8](repeating: 0x48, count: 400_000)
        #expect(refusal([8, 9] + unknown)?.id == 9)
        let late = Array([[UInt8]](repeating: [0x48, 1], count: Limits.topLevelFields + 1).joined())
        #expect(refusal(late + [8, 9])?.id == 0)
    }

    @Test func everyCutOfAFullEnvelopeIsRefusedOrRead() throws {
        let message = try #require(GoldenCase.requests.first { $0.name == "envelope in full" }).bytes.bytes
        #expect(refusal(message) == nil)
        for length in message.indices {
            // The body comes last: what is cut has none, or ends within a field.
            let error = refusal(Array(message[..<length]))
            #expect(error?.error.code == .invalidArgument, "cut at \(length)")
        }
    }

    private func checkRanges(_ envelope: Envelope, _ message: [UInt8]) {
        for range in [envelope.traceparent, envelope.model, envelope.body] {
            #expect(range.lowerBound >= 0 && range.upperBound <= message.count)
        }
        #expect(envelope.id != 0 && envelope.body.lowerBound > 0)
        #expect(envelope.timeoutMilliseconds <= Limits.maximumTimeoutMilliseconds)
        #expect(envelope.model.count <= Limits.modelNameBytes)
        #expect(envelope.traceparent.count <= Limits.traceparentBytes)
        let name = String(validating: message[envelope.model], as: UTF8.self)
        #expect(name?.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") } == true)
        #expect(String(validating: message[envelope.traceparent], as: UTF8.self)?.utf8.contains(0) == false)
    }

    @Test func damagedMessagesNeverTrapAndRangesStayWithin() {
        var random = SeededGenerator(for: "damagedMessagesNeverTrapAndRangesStayWithin")
        let valid = GoldenCase.requests.map(\.bytes.bytes).filter { $0.count < 500 }
        var accepted = 0
        for _ in 0..<20_000 {
            var message = valid.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&message, valid, &random) }
            if let envelope = try? peek(message) {
                accepted += 1
                checkRanges(envelope, message)
            }
            // The whole of it, body included.
            _ = try? Meaning(ofRequest: message)
        }
        #expect(accepted > 1_000)
    }

    @Test func damagedRepliesNeverTrap() {
        var random = SeededGenerator(for: "damagedRepliesNeverTrap")
        let valid = GoldenCase.replies.map(\.bytes.bytes)
        var accepted = 0
        for _ in 0..<10_000 {
            var message = valid.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&message, valid, &random) }
            if (try? unsafe ReplyMessage.decode(message.span.bytes)) != nil { accepted += 1 }
        }
        #expect(accepted > 500)
    }

    private func damage(_ message: inout [UInt8], _ others: [[UInt8]], _ random: inout SeededGenerator) {
        let place = Int.random(in: 0...message.count, using: &random)
        let byte =
            [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where place < message.count: message[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where place < message.count: message[place] = byte
        case 2 where place < message.count: message.remove(at: place)
        case 3: message.insert(byte, at: place)
        case 4: message.removeSubrange(place...)
        default: message.insert(contentsOf: others.randomElement(using: &random) ?? [], at: place)
        }
    }
}
