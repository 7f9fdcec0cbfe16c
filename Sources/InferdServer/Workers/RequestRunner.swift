import InferdBase
import InferdScheduler
import InferdWire

/// Runs requests on one thread, from the claim to the reply. Each thread that runs requests has its own.
@safe
final class RequestRunner: @unchecked Sendable {
    private let core: ServerCore
    /// The I/O thread is 0, workers count from 1.
    private let thread: Int
    private let counters: ThreadCounters
    /// Backs the decoded body of the request that runs.
    private var arena = MessageArena()

    init(core: ServerCore, thread: Int) {
        self.core = core
        self.thread = thread
        counters = core.counters[thread]
    }

    /// Runs the request in record `index`, answers it unless somebody else has, and lets the record go.
    func run(_ index: UInt32) {
        let slot = core.pool[index].connection.slot
        guard core.pool.start(index) else {
            core.pool.giveBack(index)
            core.outbound.noteReturn(slot)
            return
        }
        let startedAt = MonotonicTime.now()
        // Taken out of the record so that they can be worked on side by side; this moves no bytes.
        var message = OwnedBytes()
        var reply = ReplyWriter()
        swap(&message, &core.pool[index].message)
        swap(&reply, &core.pool[index].reply)
        let code = write(index, message.span, startedAt: startedAt, into: &reply)
        swap(&message, &core.pool[index].message)
        swap(&reply, &core.pool[index].reply)
        counters.add(.busyNanoseconds, Int(clamping: MonotonicTime.now().nanoseconds(since: startedAt)))
        guard core.pool.claim(index) else {
            core.pool.giveBack(index)
            core.outbound.noteReturn(slot)
            return
        }
        switch core.outbound.deliver(index, counters: counters) {
        case .accepted: counters.countReply(code)
        case .gone: counters.add(.framesAbandoned)
        }
    }

    /// Writes the reply's frame; an error's takes the place of what was written before it.
    private func write(
        _ index: UInt32, _ message: RawSpan, startedAt: MonotonicTime, into reply: inout ReplyWriter
    ) -> StatusCode {
        let envelope = core.pool[index].envelope
        let deadline = core.pool[index].deadline
        let receivedAt = core.pool[index].receivedAt
        let executor = core.models[core.pool[index].model].executors[thread]
        var receipt = ReceiptValues()
        receipt.receive = core.pool[index].queuedAt.microseconds(since: receivedAt)
        receipt.queue = startedAt.microseconds(since: core.pool[index].queuedAt)
        receipt.worker = UInt32(thread)
        reply.beginFrame(id: envelope.id)
        do throws(RequestError) {
            if startedAt >= deadline {
                throw RequestError(.deadlineExceeded, "the deadline passed while the request waited")
            }
            let pool = core.pool
            let isWanted = { () throws(RequestError) in
                if pool.isAnswered(index) || MonotonicTime.now() >= deadline {
                    throw RequestError(.deadlineExceeded, "the deadline passed while the model ran")
                }
            }
            let body = message.extracting(envelope.body)
            if envelope.kind == .predict {
                try executor.predict(body, arena: &arena, receipt: &receipt, reply: &reply, isWanted: isWanted)
            } else {
                try executor.infer(body, arena: &arena, receipt: &receipt, reply: &reply, isWanted: isWanted)
            }
            if envelope.wantReceipt {
                receipt.total = MonotonicTime.now().microseconds(since: receivedAt)
                reply.writeReceipt(receipt)
            }
            reply.endFrame()
            if core.pool[index].acceptsCompressed {
                reply.compressLastFrame()
            }
            return .ok
        } catch {
            reply.bytes.removeAll()
            reply.writeRefusal(id: envelope.id, error)
            return error.code
        }
    }
}
