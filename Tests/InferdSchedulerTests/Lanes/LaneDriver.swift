import InferdBase
import InferdTestSupport
import InferdWire

@testable import InferdScheduler

/// Sends requests through an executor's lanes as a worker does, in an order that follows from a seed: they
/// join at any step, leave when they are finished, and some are dropped between steps.
final class LaneDriver {
    /// What came of a request.
    enum Outcome: Equatable {
        case answered(DecodedReply.Body)
        case refused(RequestError)
        case dropped
    }

    /// No test needs nearly as many.
    private static let greatestSteps = 5_000

    private let executor: ModelExecutor
    private(set) var outcomes: [UInt32: Outcome] = [:]
    /// In the lanes, not finished.
    private(set) var active: Set<UInt32> = []
    private(set) var steps = 0

    init(_ executor: ModelExecutor) {
        self.executor = executor
    }

    func join(_ ticket: UInt32, _ body: RequestBody) throws(PropertyFailure) {
        let room = executor.room
        var refusal: RequestError?
        do throws(RequestError) {
            try unsafe executor.join(ticket, kind: body.kind, body: body.bytes.span.bytes, receipt: ReceiptValues())
        } catch {
            refusal = error
        }
        if let refusal {
            try settle(ticket, .refused(refusal))
            try require(executor.room == room, "\(ticket) was refused and has taken a place")
        } else {
            active.insert(ticket)
            try require(executor.room <= room, "\(ticket) has joined and taken no place")
        }
    }

    private func settle(_ ticket: UInt32, _ outcome: Outcome) throws(PropertyFailure) {
        active.remove(ticket)
        let before = outcomes.updateValue(outcome, forKey: ticket)
        try require(before == nil, "\(ticket) is finished twice: \(String(describing: before)), \(outcome)")
    }

    func drop(_ unwanted: Set<UInt32>) throws(PropertyFailure) {
        var left: Set<UInt32> = []
        executor.drop {
            !unwanted.contains($0)
        } left: {
            left.insert($0)
        }
        try require(left == unwanted.intersection(active), "\(left) left, \(unwanted) were not wanted")
        for ticket in left {
            try settle(ticket, .dropped)
        }
    }

    func step(limit: Int) throws(PropertyFailure) {
        steps += 1
        try require(steps < Self.greatestSteps, "no end after \(steps) steps: \(active)")
        executor.step(limit: limit)
        while let finished = executor.nextFinished() {
            try require(active.contains(finished.ticket), "\(finished.ticket) is finished and was not in the lane")
            try settle(finished.ticket, outcome(finished))
            executor.release(finished)
        }
        try require(executor.activeCount == active.count, "\(executor.activeCount) active, not \(active.count)")
    }

    private func outcome(_ finished: FinishedRequest) -> Outcome {
        if let failure = finished.failure { return .refused(failure) }
        var receipt = executor.receipt(finished)
        var reply = ReplyWriter()
        reply.beginFrame(id: UInt64(finished.ticket) + 1)
        do throws(RequestError) {
            try executor.write(finished, receipt: &receipt, reply: &reply)
            reply.endFrame()
            let decoded = try ReplyMessage.decode(reply.bytes.span.extracting(FrameScanner.headerBytes...))
            return .answered(decoded.body)
        } catch {
            return .refused(error)
        }
    }

    /// Sends all of them through, numbered by their place.
    /// - Parameters:
    ///   - rows: that share a run at most.
    ///   - dropped: of those in the lanes one in so many is dropped at each step; nil: none.
    func run(
        _ bodies: [RequestBody], rows: Int, dropping dropped: Int? = nil, _ generator: inout SeededGenerator
    ) throws(PropertyFailure) {
        var next = 0
        while next < bodies.count || !active.isEmpty {
            var joins = active.isEmpty ? 1 : 0
            joins += Int.random(in: 0...3, using: &generator)
            while joins > 0, next < bodies.count, executor.room > 0, active.count < rows {
                try join(UInt32(next), bodies[next])
                next += 1
                joins -= 1
            }
            if let dropped {
                // Sorted, or the order would not follow from the seed.
                let unwanted = active.sorted().filter { _ in Int.random(in: 0..<dropped, using: &generator) == 0 }
                try drop(Set(unwanted))
            }
            try step(limit: Int.random(in: 1...rows, using: &generator))
        }
        try require(outcomes.count == bodies.count, "\(outcomes.count) outcomes of \(bodies.count) requests")
    }
}

extension ModelExecutor {
    /// The answer that a request gets alone.
    func answer(_ body: RequestBody) -> LaneDriver.Outcome {
        var receipt = ReceiptValues()
        var reply = ReplyWriter()
        reply.beginFrame(id: 1)
        do throws(RequestError) {
            try unsafe run(kind: body.kind, body: body.bytes.span.bytes, receipt: &receipt, reply: &reply)
            reply.endFrame()
            return .answered(try ReplyMessage.decode(reply.bytes.span.extracting(FrameScanner.headerBytes...)).body)
        } catch {
            return .refused(error)
        }
    }
}
