import InferdBase
import InferdScheduler
import InferdWire
import Synchronization

/// Runs requests on one thread: takes them from the models' queues into the thread's lanes, steps the
/// lanes in turn, and answers what is finished. Each thread that runs requests has its own.
@safe
final class LaneRunner: @unchecked Sendable {
    /// A model with requests in this thread's lanes. It holds the load, so that who frees loads waits for
    /// the lanes' end.
    private struct OpenLane {
        let place: Int
        let model: ServedModel
        let executor: ModelExecutor
    }

    private let core: ServerCore
    /// The I/O thread is 0, workers count from 1.
    private let thread: Int
    private let counters: ThreadCounters
    private let activity: ThreadActivity
    /// nil: events are not recorded.
    private let recorder: EventRecorder?
    private var lanes: [OpenLane] = []
    private var nextLane = 0
    /// Where the search for waiting requests goes on.
    private var cursor = 0
    private var taken: [UInt32] = []
    /// When requests that wait for company have waited long enough, if `round` found nothing else to do.
    private(set) var postponedUntil: MonotonicTime?

    init(core: ServerCore, thread: Int) {
        self.core = core
        self.thread = thread
        counters = core.counters[thread]
        activity = core.activities[thread]
        recorder = core.events?.recorder(of: thread, counters: core.counters[thread])
        lanes.reserveCapacity(16)
        taken.reserveCapacity(256)
    }

    /// Does a round of work: takes waiting requests of one model, and runs one model once.
    /// - Returns: false when there is nothing to do.
    func round() -> Bool {
        var hasWorked = false
        postponedUntil = nil
        if let place = core.slots.work.next(from: cursor) {
            cursor = place + 1 < ModelSlots.capacity ? place + 1 : 0
            hasWorked = take(place)
        }
        guard !lanes.isEmpty else { return hasWorked }
        if nextLane >= lanes.count { nextLane = 0 }
        let lane = lanes[nextLane]
        _ = take(lane.place)
        step(lane)
        if lane.executor.activeCount == 0 {
            lanes.remove(at: nextLane)
        } else {
            nextLane += 1
        }
        return true
    }

    /// Runs one request from beginning to end, on a thread without open lanes.
    func runAlone(_ index: UInt32) {
        precondition(lanes.isEmpty)
        core.slots.model(core.pool[index].model).load.addWaiting(runs: core.pool[index].runs)
        join(index)
        while let lane = lanes.last {
            step(lane)
            if lane.executor.activeCount == 0 { lanes.removeLast() }
        }
    }

    // Taking.

    /// Takes as many of a model's waiting requests as its lane has room for, and as are this thread's fair
    /// share while others are idle.
    /// - Returns: whether there may be something to do.
    private func take(_ place: Int) -> Bool {
        let queue = core.slots.queue(place)
        let waiting = queue.count
        if waiting == 0 {
            core.slots.work.clear(place)
            if queue.count > 0 { core.slots.work.set(place) }
            return false
        }
        let open = lanes.first { $0.place == place }
        let limit = open.map { $0.model.rowsPerRun - $0.executor.activeCount } ?? core.slots.laneRows(place)
        let idle = core.parking.sleeperCount
        let share = (waiting + idle) / (idle + 1)
        if open == nil, mustWaitForCompany(place, waiting: waiting, limit: limit) { return false }
        let most = min(limit, share)
        if most <= 0 { return false }
        taken.removeAll(keepingCapacity: true)
        let pool = core.pool
        let result = queue.take(
            limit: most,
            describe: { WorkQueue.Entry(item: pool[$0].entry, isBatch: pool.isBatch($0)) },
            receive: { taken.append($0) })
        for index in taken {
            join(index)
        }
        if idle > 0, queue.count > 0 {
            core.parking.wakeOne()
        }
        return result != .taken(0)
    }

    /// Whether the requests that wait would rather be joined by others before their lane opens.
    private func mustWaitForCompany(_ place: Int, waiting: Int, limit: Int) -> Bool {
        let delay = core.slots.delayNanoseconds(place)
        if delay == 0 || waiting >= limit { return false }
        let end = core.slots.queue(place).waitingSince.advanced(byNanoseconds: delay)
        if MonotonicTime.now() >= end { return false }
        postponedUntil = min(postponedUntil ?? end, end)
        return true
    }

    /// Puts a request into its lane, unless nobody waits for it any more or it is refused.
    private func join(_ index: UInt32) {
        let place = core.pool[index].model
        let model = core.slots.model(place)
        if model.executors[thread].room == 0 {
            // The place was given to another load since the lane's size was read.
            core.slots.queue(place).add(index, now: .now())
            core.slots.work.set(place)
            return
        }
        model.load.take(runs: core.pool[index].runs)
        let now = MonotonicTime.now()
        if core.pool.audience(index) == 0 {
            counters.add(.droppedAtFormation)
            model.load.end()
            giveBack(index)
            return
        }
        var receipt = ReceiptValues()
        receipt.receive = core.pool[index].queuedAt.microseconds(since: core.pool[index].receivedAt)
        receipt.queue = now.microseconds(since: core.pool[index].queuedAt)
        receipt.worker = UInt32(thread)
        let executor = model.executors[thread]
        if let reason = lateness(index, model, activeCount: executor.activeCount, now: now) {
            counters.add(.droppedAtFormation)
            model.load.addActive()
            refuse(index, model, RequestError(.deadlineExceeded, reason))
            return
        }
        model.load.addActive()
        core.pool.setThread(index, thread)
        do throws(RequestError) {
            try reserveEvent(index, model)
            let kind = core.pool[index].envelope.kind
            try core.pool.withBody(index) { body throws(RequestError) in
                try executor.join(index, kind: kind, body: body, receipt: receipt)
            }
        } catch {
            refuse(index, model, error)
            return
        }
        if !lanes.contains(where: { $0.place == place }) {
            lanes.append(OpenLane(place: place, model: model, executor: executor))
        }
    }

    /// Reserves room for a forecast's event, before it costs a run.
    private func reserveEvent(_ index: UInt32, _ model: ServedModel) throws(RequestError) {
        guard let recorder, core.pool[index].envelope.kind == .predict else { return }
        let shape = core.pool.withBody(index) { PredictShape(.predict, $0) }
        let room = recorder.reserve(
            shape, steps: model.steps(.predict, horizon: shape.horizon), model: model,
            traceparentBytes: core.pool[index].envelope.traceparent.count)
        switch room {
        case .reserved(let reservation): core.pool[index].reservation = reservation
        case .none: break
        case .refused:
            throw RequestError(
                .resourceExhausted, "the forecast could not be recorded: the ring of events is full",
                retryAfterMilliseconds: EventRecorder.retryMilliseconds)
        }
    }

    /// Records a forecast whose reply was written. From here on its event survives the process.
    private func recordEvent(_ finished: FinishedRequest, _ lane: OpenLane, _ receipt: inout ReceiptValues) {
        let index = finished.ticket
        guard let recorder, let reservation = core.pool[index].reservation else { return }
        core.pool[index].reservation = nil
        let begin = MonotonicTime.now()
        core.pool.withMessage(index) { message in
            recorder.commit(
                finished, of: lane.executor, generation: lane.model.generation, into: reservation,
                body: message.extracting(core.pool[index].envelope.body),
                traceparent: message.extracting(core.pool[index].envelope.traceparent), receipt: receipt, now: begin)
        }
        receipt.publish = MonotonicTime.now().microseconds(since: begin)
    }

    /// Gives the room of an event back that will not be.
    private func abandonEvent(_ index: UInt32) {
        guard let recorder, let reservation = core.pool[index].reservation else { return }
        core.pool[index].reservation = nil
        recorder.abandon(reservation)
    }

    /// Why a request that has waited is not worth a run; nil when it is.
    ///
    /// Under overload what has waited longest has the least time left: to begin it, and to give it up before
    /// its last run, would take from those that can still be answered. An empty lane takes it whatever the
    /// costs say, which is how they recover.
    private func lateness(_ index: UInt32, _ model: ServedModel, activeCount: Int, now: MonotonicTime) -> String? {
        let left = core.pool.deadline(index).nanoseconds(since: now)
        if left == 0 { return "the deadline passed while the request waited" }
        if activeCount == 0 { return nil }
        let service = Double(core.pool[index].runs) * model.costs.microseconds(rows: activeCount + 1)
        return service * 1000 > Double(left) ? "the deadline would pass before the model is done" : nil
    }

    // Running.

    private func step(_ lane: OpenLane) {
        let pool = core.pool
        let now = MonotonicTime.now()
        lane.executor.drop { index in
            pool.audience(index) > 0 && now < pool.deadline(index)
        } left: { index in
            counters.add(.abandonedBetweenSteps)
            if pool.audience(index) == 0 {
                abandonEvent(index)
                lane.model.load.removeActive()
                lane.model.load.end()
                giveBack(index)
            } else {
                refuse(
                    index, lane.model,
                    RequestError(.deadlineExceeded, "the deadline passed while the model ran"))
            }
        }
        if lane.executor.activeCount == 0 { return }
        activity.begin(place: lane.place, at: now)
        lane.executor.step(limit: lane.model.rowsPerRun)
        activity.end()
        core.slots.setLaneRows(lane.place, lane.model.rowsPerRun)
        while let finished = lane.executor.nextFinished() {
            answer(finished, lane)
        }
        counters.add(.busyNanoseconds, Int(clamping: MonotonicTime.now().nanoseconds(since: now)))
    }

    // Answering.

    private func answer(_ finished: FinishedRequest, _ lane: OpenLane) {
        let index = finished.ticket
        if let failure = finished.failure {
            lane.executor.release(finished)
            refuse(index, lane.model, failure)
            return
        }
        // Taken out of the record so that they can be worked on side by side; this moves no bytes.
        var reply = ReplyWriter()
        swap(&reply, &core.pool[index].reply)
        var receipt = lane.executor.receipt(finished)
        reply.beginFrame(id: core.pool[index].envelope.id)
        let bodyStart = reply.bytes.count
        do throws(RequestError) {
            try lane.executor.write(finished, receipt: &receipt, reply: &reply)
        } catch {
            reply.bytes.removeAll()
            swap(&reply, &core.pool[index].reply)
            lane.executor.release(finished)
            refuse(index, lane.model, error)
            return
        }
        recordEvent(finished, lane, &receipt)
        if core.pool[index].key != nil {
            keep(index, reply.bytes.span.extracting(bodyStart...), lane.executor.nextSampleDue(finished))
        }
        lane.executor.release(finished)
        reply.writeCache(core.pool[index].cacheOutcome, ageMilliseconds: 0)
        if core.pool[index].envelope.wantReceipt {
            receipt.total = MonotonicTime.now().microseconds(since: core.pool[index].receivedAt)
            reply.writeReceipt(receipt)
        }
        reply.endFrame()
        if core.pool[index].acceptsCompressed {
            reply.compressLastFrame()
        }
        swap(&reply, &core.pool[index].reply)
        send(index, lane.model, .ok)
    }

    /// Sets down what the cache and the followers are given.
    private func keep(_ index: UInt32, _ field: RawSpan, _ nextSampleDue: Int64?) {
        let bodyBytes = core.pool[index].envelope.body.count
        var content = OwnedBytes(capacity: bodyBytes + field.byteCount)
        core.pool.withBody(index) { content.append($0) }
        content.append(field)
        core.pool[outcome: index].content = content
        core.pool[outcome: index].bodyBytes = bodyBytes
        core.pool[outcome: index].failure = nil
        core.pool[outcome: index].computedAt = .now()
        core.pool[outcome: index].nextSampleDue = nextSampleDue
    }

    private func refuse(_ index: UInt32, _ model: ServedModel, _ error: RequestError) {
        abandonEvent(index)
        core.pool[index].reply.bytes.removeAll()
        core.pool[index].reply.writeRefusal(id: core.pool[index].envelope.id, error)
        if core.pool[index].key != nil {
            core.pool[outcome: index].content = OwnedBytes()
            core.pool[outcome: index].bodyBytes = 0
            core.pool[outcome: index].failure = error
            core.pool[outcome: index].nextSampleDue = nil
        }
        send(index, model, error.code)
    }

    /// Hands the outcome to cache and followers, then answers the request itself unless somebody has.
    private func send(_ index: UInt32, _ model: ServedModel, _ code: StatusCode) {
        model.load.removeActive()
        model.load.end()
        let slot = core.pool[index].connection.slot
        let isOurs: Bool
        if core.pool[index].key != nil {
            core.pool.complete(index)
            isOurs = core.pool.claim(index)
            // Who joins after this look finds the outcome itself: see `IOLoop.run`.
            if core.pool.audience(index) > (isOurs ? 1 : 0) {
                core.signal.wake()
            }
        } else {
            isOurs = core.pool.claim(index)
        }
        guard isOurs else {
            giveBack(index, slot: slot)
            return
        }
        // Before it is sent, so that whoever has the answer and asks for the counters finds it there.
        counters.countReply(code)
        if core.outbound.deliver(index, counters: counters) == .gone {
            counters.takeBackReply(code)
            counters.add(.framesAbandoned)
        }
    }

    private func giveBack(_ index: UInt32) {
        giveBack(index, slot: core.pool[index].connection.slot)
    }

    private func giveBack(_ index: UInt32, slot: UInt32) {
        core.pool.giveBack(index)
        core.outbound.noteReturn(slot)
    }
}
