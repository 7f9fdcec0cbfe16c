import InferdBase
import InferdWire

/// The requests and answers of one connection, matched by id.
///
/// A pure state machine: bytes and time come in as values, bytes and outcomes go out. The caller
/// delivers outcomes, with no lock held.
struct Exchange: ~Copyable {
    /// A request's answer, to be delivered.
    struct Finished {
        var pending: PendingAnswer
        var outcome: PendingAnswer.Outcome

        func deliver() {
            pending.finish(outcome)
        }
    }

    private struct Waiting {
        /// nil: nobody waits for this answer.
        var pending: PendingAnswer?
        var deadline: MonotonicTime
        var limit: Duration
        /// Place on the connection, counted from 1.
        var place: UInt64
    }

    /// Holds bytes for the daemon; the caller removes what it has sent.
    var writer = RequestWriter()
    /// Bytes from the daemon that `absorb` has not looked at; the caller appends.
    var inbound = OwnedBytes()
    private var waiting: [UInt64: Waiting] = [:]
    private var lastID: UInt64 = 0
    /// Why there can be no further request.
    private(set) var failure: ClientError?

    /// The earliest deadline of a request without an answer.
    var nextDeadline: MonotonicTime {
        waiting.values.reduce(.distantFuture) { min($0, $1.deadline) }
    }

    var isIdle: Bool { waiting.isEmpty }

    // MARK: Requests

    /// Puts a request on its way; `makePending` is called with its id. Throws `invalidRequest` or what
    /// ended the connection.
    mutating func start(
        _ request: Request, _ options: RequestOptions, now: MonotonicTime,
        _ makePending: (RequestID) -> PendingAnswer?
    ) throws(ClientError) -> PendingAnswer? {
        if let failure { throw failure }
        let limit = options.timeout ?? RequestOptions.defaultTimeout
        // 2^64 ids outlast any connection.
        let id = lastID &+ 1
        try RequestEncoder.append(request, id: id, options: options, to: &writer)
        lastID = id
        let pending = makePending(RequestID(id))
        let nanoseconds = (limit + RequestOptions.answerGrace).wholeNanoseconds
        waiting[id] = Waiting(
            pending: pending, deadline: now.advanced(byNanoseconds: nanoseconds), limit: limit, place: id)
        return pending
    }

    /// Asks the daemon to drop a request; nothing happens when it has its answer already.
    mutating func withdraw(_ id: RequestID, now: MonotonicTime) {
        guard waiting[id.rawValue]?.pending != nil else { return }
        // Whatever keeps this from being sent ends the request's wait as well.
        _ = try? start(.cancel(id), RequestOptions(), now: now) { _ in nil }
    }

    // MARK: Answers

    /// Takes the whole frames out of `inbound`.
    mutating func absorb() -> [Finished] {
        var finished: [Finished] = []
        var consumed = 0
        while failure == nil || !waiting.isEmpty {
            let rest = inbound.count - consumed
            let scan = FrameScanner.scan(
                inbound.span.extracting(last: rest), maximumMessageBytes: Limits.maximumFrameBytes)
            switch scan {
            case .incomplete:
                inbound.removeFirst(consumed)
                return finished
            case .refused(let error):
                finished += end(.protocolViolation(error.message))
            case .frame(let isCompressed, let payload, let uncompressedBytes, let total):
                let start = consumed + payload.lowerBound
                do throws(ClientError) {
                    let answer = try decode(
                        start..<(start + payload.count), isCompressed: isCompressed, uncompressedBytes)
                    finished += accept(answer)
                } catch {
                    finished += end(error)
                }
                consumed += total
            }
        }
        inbound.removeAll()
        return finished
    }

    private func decode(
        _ range: Range<Int>, isCompressed: Bool, _ uncompressedBytes: Int
    ) throws(ClientError) -> DecodedAnswer {
        let payload = inbound.span.extracting(range)
        guard isCompressed else { return try ReplyDecoder.decode(payload) }
        var message = OwnedBytes()
        do throws(RequestError) {
            try FrameCompression.decompress(payload, uncompressedBytes: uncompressedBytes, into: &message)
        } catch {
            throw .protocolViolation(error.message)
        }
        return try ReplyDecoder.decode(message.span)
    }

    private mutating func accept(_ answer: DecodedAnswer) -> [Finished] {
        if answer.id == 0 { return acceptNotice(answer) }
        guard let entry = waiting.removeValue(forKey: answer.id) else {
            // Late: its deadline passed here before. An id that was never given out is another matter.
            return answer.id <= lastID ? [] : end(.protocolViolation("an answer to a request that was not made"))
        }
        guard let pending = entry.pending else { return [] }
        if let refusal = answer.refusal {
            return [Finished(pending: pending, outcome: .failure(.refused(refusal)))]
        }
        guard let body = answer.body else {
            return [Finished(pending: pending, outcome: .failure(.protocolViolation("an answer without a body")))]
        }
        let whole = Answer(value: body, receipt: answer.receipt, cache: answer.cache)
        return [Finished(pending: pending, outcome: .success(whole))]
    }

    /// A word of the daemon's own: a goaway, or an error about a frame whose id it could not read.
    private mutating func acceptNotice(_ answer: DecodedAnswer) -> [Finished] {
        let error: ClientError =
            if let refusal = answer.refusal {
                .refused(refusal)
            } else {
                .connectionLost(reason: "the daemon ended it")
            }
        guard let lastRead = answer.lastRequestRead else {
            return end(error)
        }
        // Requests that were read are still answered; the rest were not looked at.
        if failure == nil { failure = error }
        return finish(with: error) { $0.place > lastRead }
    }

    // MARK: Ends

    /// Takes out the requests whose deadline has passed.
    mutating func expire(now: MonotonicTime) -> [Finished] {
        var finished: [Finished] = []
        for (id, entry) in waiting where entry.deadline <= now {
            waiting.removeValue(forKey: id)
            if let pending = entry.pending {
                finished.append(Finished(pending: pending, outcome: .failure(.timedOut(after: entry.limit))))
            }
        }
        return finished
    }

    /// Ends everything. The first reason stays: what the daemon said tells more than the closed
    /// connection that follows.
    mutating func end(_ error: ClientError) -> [Finished] {
        let reason = failure ?? error
        failure = reason
        writer.bytes.removeAll()
        return finish(with: reason) { _ in true }
    }

    private mutating func finish(with error: ClientError, where isChosen: (Waiting) -> Bool) -> [Finished] {
        var finished: [Finished] = []
        for (id, entry) in waiting where isChosen(entry) {
            waiting.removeValue(forKey: id)
            if let pending = entry.pending {
                finished.append(Finished(pending: pending, outcome: .failure(error)))
            }
        }
        return finished
    }
}
