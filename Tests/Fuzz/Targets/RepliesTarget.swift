import InferdBase
import InferdWire

@testable import InferdClient

/// What the client reads. The input's first byte chooses: a `Reply`, held against Google's decoder, or a
/// stream of frames that answer requests under way.
enum RepliesTarget {
    static func run(_ input: [UInt8]) throws(Finding) {
        guard let choice = input.first else { return }
        let rest = Array(input.dropFirst())
        if choice % 2 == 0 {
            try readMessage(rest)
        } else {
            try readStream(rest)
        }
    }

    private static func readMessage(_ message: [UInt8]) throws(Finding) {
        // The client's own types are made of the same values.
        _ = try? unsafe ReplyDecoder.decode(message.span.bytes)
        guard let reply = try? unsafe ReplyMessage.decode(message.span.bytes) else { return }
        guard let google = GoogleDecoder.canonical(message, as: "Reply") else {
            throw Finding(description: "Google's decoder refuses the reply that ours accepts")
        }
        do {
            let again = try unsafe ReplyMessage.decode(google.span.bytes)
            // NaN equals nothing; its text does.
            try Finding.require(
                again == reply || "\(again)" == "\(reply)",
                "ours reads \(reply), but \(again) when Google's decoder has written it again")
        } catch let error as Finding {
            throw error
        } catch {
            throw Finding(description: "refused when Google writes it: \(error)")
        }
    }

    private static func readStream(_ stream: [UInt8]) throws(Finding) {
        var exchange = Exchange()
        for _ in 0..<3 {
            _ = try? exchange.start(.stats, RequestOptions(), now: .distantFuture) { id in
                PendingAnswer(id: id) { _ in }
            }
        }
        var answers = 0
        for half in [stream.prefix(stream.count / 2), stream.dropFirst(stream.count / 2)] {
            unsafe exchange.inbound.append(Array(half).span.bytes)
            answers += deliver(exchange.absorb())
        }
        if exchange.failure == nil { answers += deliver(exchange.end(.connectionLost(reason: "the stream ends"))) }
        try Finding.require(answers <= 3, "\(answers) answers to 3 requests")
        try Finding.require(answers == 3 || !exchange.isIdle, "\(answers) answers, and nothing is waited for")
    }

    private static func deliver(_ finished: [Exchange.Finished]) -> Int {
        for answer in finished { answer.deliver() }
        return finished.count
    }
}
