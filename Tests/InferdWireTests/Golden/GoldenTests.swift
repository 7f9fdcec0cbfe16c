import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

/// Holds what is read and written to Google's implementation, by the files in `proto/golden`.
struct GoldenTests {
    @Test(arguments: GoldenCase.requests)
    func requestMeansWhatGoogleReadsInIt(golden: GoldenCase) throws {
        let expected = try #require(golden.meaning).ofRequestAsRead
        #expect(try Meaning(ofRequest: golden.bytes.bytes) == expected)
    }

    @Test(arguments: GoldenCase.requests.filter { $0.oneWay != true })
    func requestIsWrittenAsGoogleWritesIt(golden: GoldenCase) throws {
        let written = RequestWriter.message(try #require(golden.meaning))
        #expect(written == (golden.canonical ?? golden.bytes).bytes)
    }

    @Test(arguments: GoldenCase.replies)
    func replyMeansWhatGoogleReadsInIt(golden: GoldenCase) throws {
        let expected = try #require(golden.meaning).ofReplyAsRead
        #expect(try Meaning(ofReply: golden.bytes.bytes) == expected)
    }

    @Test(arguments: GoldenCase.replies.filter { $0.oneWay != true })
    func replyIsWrittenAsGoogleWritesIt(golden: GoldenCase) throws {
        let written = try ReplyWriter.message(try #require(golden.meaning))
        #expect(written == (golden.canonical ?? golden.bytes).bytes)
    }

    @Test(arguments: GoldenCase.refusals)
    func requestIsRefusedByNameOfItsFault(golden: GoldenCase) throws {
        let message = golden.bytes.bytes
        let refusal: (id: UInt64, error: RequestError)
        do {
            let envelope = try Envelope.peek(unsafe message.span.bytes)
            let error = #expect(throws: RequestError.self) { try Meaning(ofRequest: message) }
            refusal = (envelope.id, try #require(error))
        } catch let error as EnvelopeError {
            refusal = (error.id, error.error)
        }
        #expect(refusal.id == golden.id)
        #expect(refusal.error.code == .invalidArgument)
        #expect(refusal.error.field == golden.field)
        #expect(refusal.error.message.contains(try #require(golden.says)), "\(refusal.error)")
    }

    @Test(arguments: [GoldenCase.Kind.request, .reply])
    func damagedMessageIsRefusedOrMeansWhatGoogleReadsInIt(kind: GoldenCase.Kind) throws {
        var accepted = 0
        let cases = GoldenCase.mutations.filter { $0.kind == kind }
        for golden in cases {
            let message = golden.bytes.bytes
            let read =
                switch kind {
                case .request: try? Meaning(ofRequest: message)
                case .reply: try? Meaning(ofReply: message)
                }
            guard let read else { continue }
            accepted += 1
            let expected = kind == .request ? golden.meaning?.ofRequestAsRead : golden.meaning?.ofReplyAsRead
            #expect(read == expected, "\(golden.bytes.text)")
        }
        // Otherwise this would say nothing.
        #expect(accepted >= cases.count / 10 && cases.count >= 300)
    }

    @Test(arguments: GoldenCase.requests + GoldenCase.refusals)
    func requestCutAnywhereNeverTraps(golden: GoldenCase) throws {
        let message = golden.bytes.bytes
        // Every place of short ones, and some of long ones.
        for length in stride(from: 0, to: message.count, by: max(1, message.count / 400)) {
            _ = try? Meaning(ofRequest: Array(message[..<length]))
        }
    }

    @Test(arguments: GoldenCase.replies)
    func replyCutAnywhereNeverTraps(golden: GoldenCase) throws {
        let message = golden.bytes.bytes
        for length in message.indices {
            _ = try? Meaning(ofReply: Array(message[..<length]))
        }
    }
}
