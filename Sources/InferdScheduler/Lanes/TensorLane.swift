import InferdBase
import InferdEngine
import InferdWire

/// `infer` requests of one model that share a run, on one thread. Each takes part in one run: requests
/// whose tensors differ in nothing but their rows are laid behind one another along the first axis, and
/// each is answered with its own rows of the outputs.
///
/// One request alone is run where its bytes lie, without being copied.
@safe
final class TensorLane {
    /// One request while it is in the lane.
    @safe
    private struct Slot: ~Copyable {
        var ticket: UInt32 = 0
        /// Holds the decoded body.
        var arena = MessageArena()
        var message: InferMessage?
        /// By input of the model, its place in the request.
        var places: [Int] = []
        /// Outputs in the request's order, and as a set.
        var wanted: [Int] = []
        var mask: UInt64 = 0
        /// Extent of the first axis of every input; 0: they have none in common.
        var rows = 0
        /// A shared run that it took part in has failed.
        var mustRunAlone = false
        /// Its rows of the last run's outputs; empty: all of them.
        var outputRows = 0..<0
        var receipt = ReceiptValues()
        var failure: RequestError?
    }

    private let identity: ModelIdentity
    private let check: TensorCheck
    private let runner: any ModelRunner
    private let maximumReplyBytes: Int
    private let counters: ModelCounters
    private let costs: CostModel
    private let clock: @Sendable () -> MonotonicTime
    private let maximumRows: Int
    /// Rows that may share a run; 1 where the model's tensors do not all have a free first axis.
    private let sharedRows: Int

    private var slots: FixedArray<Slot>
    private var freeSlots: [Int]
    /// Requests that wait for their run, in the order they joined.
    private var joined: [Int] = []
    private var finished: [Int] = []
    private var group: [Int] = []
    /// The last step's run was told to end.
    private(set) var wasTerminated = false
    /// What the runner was last told.
    private var selected: UInt64
    /// By input, the rows of a shared run behind one another.
    private var gathered: FixedArray<OwnedBytes>

    init(
        identity: ModelIdentity, model: any LoadedModel, maximumRows: Int, maximumReplyBytes: Int,
        counters: ModelCounters, costs: CostModel, clock: @escaping @Sendable () -> MonotonicTime
    ) throws(EngineError) {
        self.identity = identity
        check = TensorCheck(model.signature)
        // One variant for requests that run alone, one for each number of rows that share.
        runner = try model.makeRunner(variants: maximumRows + 1)
        self.maximumReplyBytes = maximumReplyBytes
        self.counters = counters
        self.costs = costs
        self.clock = clock
        self.maximumRows = maximumRows
        sharedRows = check.hasRows ? maximumRows : 1
        slots = FixedArray(count: maximumRows) { _ in Slot() }
        freeSlots = (0..<maximumRows).reversed()
        selected = check.allOutputs
        gathered = FixedArray(count: model.signature.inputs.count) { _ in OwnedBytes() }
    }

    private var signature: ModelSignature { check.signature }
    /// Requests that wait for their run.
    var joinedCount: Int { joined.count }
    var room: Int { freeSlots.count }

    func terminate() {
        runner.terminate()
    }

    func clearTermination() {
        runner.clearTermination()
    }

    // Joining.

    /// Takes a request in once its tensors fit the model. It has not joined when this throws.
    func join(_ ticket: UInt32, body: RawSpan, receipt: ReceiptValues) throws(RequestError) {
        guard let slot = freeSlots.popLast() else { preconditionFailure("the lane has no room") }
        slots[slot].ticket = ticket
        slots[slot].receipt = receipt
        slots[slot].failure = nil
        slots[slot].mustRunAlone = false
        slots[slot].outputRows = 0..<0
        do throws(RequestError) {
            try Self.prepare(&slots[slot], body, check, clock)
        } catch {
            release(slot)
            throw error
        }
        joined.append(slot)
    }

    private static func prepare(
        _ slot: inout Slot, _ body: RawSpan, _ check: TensorCheck, _ clock: @escaping () -> MonotonicTime
    ) throws(RequestError) {
        var watch = Stopwatch(clock)
        let message = try unsafe InferMessage.decode(body, arena: &slot.arena)
        unsafe slot.message = message
        slot.receipt.decode = watch.lap()
        try unsafe check.placeInputs(message, into: &slot.places)
        slot.mask = try unsafe check.chooseOutputs(message, into: &slot.wanted)
        slot.rows = unsafe check.hasRows ? commonRows(message, slot.places) : 0
        slot.receipt.precheck = watch.lap()
    }

    private static func commonRows(_ message: InferMessage, _ places: [Int]) -> Int {
        var rows = 0
        for (index, place) in places.enumerated() {
            let shape = unsafe message.input(place).shape
            guard shape.count > 0, unsafe index == 0 || shape[0] == Int64(rows) else { return 0 }
            rows = unsafe Int(clamping: shape[0])
        }
        return rows
    }

    private func release(_ slot: Int) {
        unsafe slots[slot].message = nil
        freeSlots.append(slot)
    }

    /// Drops the requests that `isWanted` denies and tells `left` of each.
    func drop(unless isWanted: (UInt32) -> Bool, left: (UInt32) -> Void) {
        var place = 0
        while place < joined.count {
            let slot = joined[place]
            if isWanted(slots[slot].ticket) {
                place += 1
            } else {
                joined.remove(at: place)
                let ticket = slots[slot].ticket
                release(slot)
                left(ticket)
            }
        }
    }

    // Running.

    /// Runs the oldest request with all that can share its run. What is finished then must be written
    /// before the next step, whose run takes the outputs' memory.
    func step() {
        precondition(finished.isEmpty)
        wasTerminated = false
        guard let first = joined.first else { return }
        group.removeAll(keepingCapacity: true)
        var rows = 0
        for slot in joined where group.isEmpty || mayShare(slot, first, rows) {
            group.append(slot)
            rows += slots[slot].rows
        }
        joined.removeAll { group.contains($0) }
        do throws(EngineError) {
            if group.count == 1 {
                try runAlone(first)
            } else {
                try runShared(rows)
            }
            finished.append(contentsOf: group)
        } catch {
            fail(error)
        }
    }

    /// One of those that shared a run may be what the model cannot take: each is run alone in the next
    /// steps, so that it fails alone.
    private func fail(_ error: EngineError) {
        if group.count > 1, error.kind != .terminated {
            for slot in group {
                slots[slot].mustRunAlone = true
            }
            joined.insert(contentsOf: group, at: 0)
            return
        }
        for slot in group {
            slots[slot].failure = RequestError(error, field: "infer.inputs")
            finished.append(slot)
        }
        if error.kind == .terminated {
            runner.clearTermination()
            wasTerminated = true
        }
    }

    private func mayShare(_ slot: Int, _ first: Int, _ rows: Int) -> Bool {
        guard !slots[slot].mustRunAlone, !slots[first].mustRunAlone, slots[slot].rows > 0, slots[first].rows > 0,
            slots[slot].mask == slots[first].mask,
            rows + slots[slot].rows <= sharedRows
        else { return false }
        for index in signature.inputs.indices {
            let left = unsafe input(slot, index).shape
            let right = unsafe input(first, index).shape
            for axis in 1..<max(1, left.count) where unsafe left[axis] != right[axis] { return false }
        }
        return true
    }

    /// The tensor that a request in the lane gives for input `index` of the model.
    private func input(_ slot: Int, _ index: Int) -> InferMessage.Tensor {
        guard let message = unsafe slots[slot].message else { preconditionFailure("the slot is free") }
        return unsafe message.input(slots[slot].places[index])
    }

    private func runAlone(_ slot: Int) throws(EngineError) {
        for index in signature.inputs.indices {
            let tensor = unsafe input(slot, index)
            // The arena's memory is ours until its next reset, and the engine only reads inputs. Without
            // elements any address does.
            let address = unsafe tensor.data.baseAddress ?? UnsafeRawPointer(bitPattern: 64).unsafelyUnwrapped
            try unsafe runner.bindInput(
                index, variant: 0, shape: Span(_unsafeElements: tensor.shape),
                data: UnsafeMutableRawPointer(mutating: address), byteCount: tensor.data.count)
        }
        select(slots[slot].mask)
        try run(rows: max(slots[slot].rows, 1))
    }

    /// Lays the group's rows behind one another and runs them together.
    private func runShared(_ rows: Int) throws(EngineError) {
        let first = group[0]
        for index in signature.inputs.indices {
            gathered[index].removeAll()
            for slot in group {
                unsafe gathered[index].append(RawSpan(_unsafeBytes: input(slot, index).data))
            }
            var extents = InlineArray<8, Int64>(repeating: 0)
            let shape = unsafe input(first, index).shape
            for axis in 0..<shape.count {
                extents[axis] = unsafe axis == 0 ? Int64(rows) : shape[axis]
            }
            try unsafe runner.bindInput(
                index, variant: rows, shape: extents.span.extracting(0..<shape.count),
                data: gathered[index].baseAddress, byteCount: gathered[index].count)
        }
        select(slots[first].mask)
        try run(rows: rows)
        for output in slots[first].wanted {
            let view = try unsafe runner.output(output)
            guard unsafe view.rank > 0, unsafe view.extents[0] == Int64(rows) else {
                throw EngineError(.failed, "its output does not have a row for each row that goes in")
            }
        }
        var row = 0
        for slot in group {
            slots[slot].outputRows = row..<row + slots[slot].rows
            row += slots[slot].rows
        }
    }

    private func select(_ mask: UInt64) {
        if mask != selected {
            runner.selectOutputs(mask)
            selected = mask
        }
    }

    private func run(rows: Int) throws(EngineError) {
        let start = clock()
        try runner.run()
        let elapsed = clock().nanoseconds(since: start)
        counters.countRun(rows: rows, nanoseconds: elapsed)
        if rows <= sharedRows {
            costs.note(Double(elapsed) / 1000, rows: rows)
        }
        for slot in group {
            slots[slot].receipt.model += Float(elapsed) / 1000
            slots[slot].receipt.modelRuns += 1
            slots[slot].receipt.batchRows = UInt32(rows)
        }
    }

    // What is finished.

    /// Some finished request; nil when there is none.
    func nextFinished() -> FinishedRequest? {
        guard let slot = finished.popLast() else { return nil }
        return FinishedRequest(ticket: slots[slot].ticket, kind: .infer, failure: slots[slot].failure, place: slot)
    }

    /// Stages so far of a finished request.
    func receipt(_ request: FinishedRequest) -> ReceiptValues {
        slots[request.place].receipt
    }

    /// Writes the reply's body of a finished request without failure.
    func write(
        _ request: FinishedRequest, receipt: inout ReceiptValues, reply: inout ReplyWriter
    ) throws(RequestError) {
        var watch = Stopwatch(clock)
        do throws(EngineError) {
            try writeOutputs(request.place, &reply)
        } catch {
            throw RequestError(error, field: "infer.outputs")
        }
        receipt.serialize = watch.lap()
    }

    private func writeOutputs(_ slot: Int, _ reply: inout ReplyWriter) throws(EngineError) {
        var total = 0
        for index in slots[slot].wanted {
            total += unsafe rows(slot, try runner.output(index)).count
        }
        guard total <= maximumReplyBytes else {
            throw EngineError(.failed, "its outputs have \(total) bytes; a reply holds \(maximumReplyBytes)")
        }
        let name = identity.name
        let body = unsafe reply.beginInfer(
            model: name.span.bytes, version: identity.version,
            expectedBytes: total + 64 * slots[slot].wanted.count)
        for index in slots[slot].wanted {
            let output = try unsafe runner.output(index)
            var extents = unsafe output.extents
            if !slots[slot].outputRows.isEmpty {
                extents[0] = Int64(slots[slot].outputRows.count)
            }
            unsafe reply.writeInferOutput(
                name: signature.outputs[index].name, type: output.type,
                shape: extents.span.extracting(0..<output.rank), data: RawSpan(_unsafeBytes: rows(slot, output)))
        }
        reply.endInfer(body)
    }

    /// A request's part of an output.
    private func rows(_ slot: Int, _ output: TensorView) -> UnsafeRawBufferPointer {
        let rows = slots[slot].outputRows
        if rows.isEmpty { return unsafe output.bytes }
        // The run has made sure that the first axis holds all rows of the group, of which there is one.
        let rowBytes = unsafe output.bytes.count / max(1, Int(output.extents[0]))
        return unsafe UnsafeRawBufferPointer(
            rebasing: output.bytes[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes])
    }

    /// The finished request's place is free again.
    func release(_ request: FinishedRequest) {
        release(request.place)
    }

    // Warming up.

    /// Runs the model on zeros, `rows` of them, and returns the microseconds of the fastest run; nil when
    /// the model does not run on zeros.
    func warmUp(rows: Int, runs: Int) -> Double? {
        if rows > sharedRows { return nil }
        do throws(EngineError) {
            for (index, input) in signature.inputs.enumerated() {
                var shape = input.shape.map { $0 < 0 ? 1 : $0 }
                if sharedRows > 1 { shape[0] = Int64(rows) }
                let bytes = shape.reduce(Int64(input.type.byteCount)) { $0.multipliedSaturating(by: $1) }
                guard bytes <= Int64(Limits.maximumFrameBytes) else { return nil }
                gathered[index].removeAll()
                gathered[index].resize(to: Int(bytes))
                try unsafe runner.bindInput(
                    index, variant: min(rows, maximumRows), shape: shape.span, data: gathered[index].baseAddress,
                    byteCount: Int(bytes))
            }
            select(check.allOutputs)
            var fastest = Double.infinity
            for _ in 0..<max(runs, 1) {
                let start = clock()
                try runner.run()
                fastest = min(fastest, Double(clock().microseconds(since: start)))
            }
            return fastest
        } catch {
            return nil
        }
    }
}

extension Int64 {
    /// For numbers that are not negative.
    fileprivate func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
