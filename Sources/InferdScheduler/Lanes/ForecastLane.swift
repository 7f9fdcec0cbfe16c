import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdWire

/// Forecasts of one model that share their runs, on one thread. A request joins between any two runs and
/// leaves when its own horizon is reached: nobody waits for somebody else's.
///
/// Each run takes the rows whose next call has the same shape; where a stateful model's newcomers read a
/// whole window and the others one row, the two kinds take turns.
@safe
final class ForecastLane {
    private let identity: ModelIdentity
    private let plan: ForecastPlan
    private let runner: any ModelRunner
    private let counters: ModelCounters
    private let costs: CostModel
    private let clock: @Sendable () -> MonotonicTime
    let maximumRows: Int

    private let windowIndex: Int
    private let futureIndex: Int?
    private let outputIndex: Int
    private let states: [BatchState]

    // Memory that the runner is bound to; it never moves.

    private var window: OwnedBytes
    private var future: OwnedBytes
    private var output: OwnedBytes

    private var rows: FixedArray<ForecastRow>
    private var freeRows: [Int]
    /// Rows whose horizon is not reached, in the order they joined.
    private var active: [Int] = []
    /// Rows that have reached it, or failed.
    private var finished: [Int] = []
    /// Rows of the present run.
    private var group: [Int] = []
    /// Kinds of runs take turns: the last was one of a single row of the window.
    private var lastWasSingleRow = true
    /// A run of the last step was told to end.
    private(set) var wasTerminated = false

    init(
        identity: ModelIdentity, plan: ForecastPlan, bindings: BundleDescription.TensorBindings,
        model: any LoadedModel, maximumRows: Int, counters: ModelCounters, costs: CostModel,
        clock: @escaping @Sendable () -> MonotonicTime
    ) throws(EngineError) {
        let signature = model.signature
        self.identity = identity
        self.plan = plan
        self.counters = counters
        self.costs = costs
        self.clock = clock
        self.maximumRows = maximumRows
        // For each number of rows one variant that reads whole windows and one that reads single rows.
        runner = try model.makeRunner(variants: 2 * maximumRows)
        windowIndex = try Self.find(bindings.window, in: signature.inputs)
        if let name = bindings.future {
            futureIndex = try Self.find(name, in: signature.inputs)
        } else {
            futureIndex = nil
        }
        outputIndex = try Self.find(bindings.output, in: signature.outputs)
        var states: [BatchState] = []
        for state in bindings.states {
            states.append(
                BatchState(
                    state, input: try Self.find(state.input, in: signature.inputs),
                    output: try Self.find(state.output, in: signature.outputs), signature,
                    maximumRows: maximumRows))
        }
        self.states = states
        let size = MemoryLayout<Float>.size * maximumRows
        let specification = plan.specification
        window = OwnedBytes(zeros: specification.window * plan.columnCount * size)
        future = OwnedBytes(
            zeros: futureIndex == nil ? 0 : specification.maximumHorizon * plan.futureColumns.count * size)
        output = OwnedBytes(zeros: specification.chunk * plan.valuesPerPoint * size)
        rows = FixedArray(count: maximumRows) { _ in ForecastRow(plan: plan) }
        freeRows = (0..<maximumRows).reversed()
        active.reserveCapacity(maximumRows)
        finished.reserveCapacity(maximumRows)
        group.reserveCapacity(maximumRows)
        var wanted: UInt64 = 1 << UInt64(outputIndex)
        for state in states {
            wanted |= 1 << UInt64(state.outputIndex)
        }
        runner.selectOutputs(wanted)
    }

    private static func find(_ name: String, in tensors: [TensorSpecification]) throws(EngineError) -> Int {
        guard let index = tensors.firstIndex(where: { $0.name == name }) else {
            throw EngineError(.modelRefused, "the model has no tensor '\(name)'")
        }
        return index
    }

    /// Requests whose horizon is not reached.
    var activeCount: Int { active.count }
    /// Requests that may join.
    var room: Int { freeRows.count }
    /// The spread by which the last finished forecast's target was scaled.
    private(set) var targetScale = 1.0

    func terminate() {
        runner.terminate()
    }

    func clearTermination() {
        runner.clearTermination()
    }

    // Joining and leaving.

    /// Takes a request in: its body is decoded, checked and scaled. It has not joined when this throws.
    func join(_ ticket: UInt32, body: RawSpan, receipt: ReceiptValues) throws(RequestError) {
        guard let row = freeRows.popLast() else { preconditionFailure("the lane has no room") }
        rows[row].ticket = ticket
        rows[row].receipt = receipt
        rows[row].failure = nil
        do throws(RequestError) {
            try rows[row].prepare(body, clock)
        } catch {
            release(row)
            throw error
        }
        rows[row].isUsed = true
        for state in states {
            state.reset(row: row)
        }
        active.append(row)
    }

    /// Drops the requests that `isWanted` denies and tells `left` of each.
    func drop(unless isWanted: (UInt32) -> Bool, left: (UInt32) -> Void) {
        var place = 0
        while place < active.count {
            let row = active[place]
            if isWanted(rows[row].ticket) {
                place += 1
            } else {
                active.remove(at: place)
                let ticket = rows[row].ticket
                release(row)
                left(ticket)
            }
        }
    }

    private func release(_ row: Int) {
        rows[row].clear()
        freeRows.append(row)
    }

    // Running.

    /// Runs the model once for as many rows as share their next call's shape, `limit` at most.
    func step(limit: Int) {
        wasTerminated = false
        chooseGroup(limit: limit)
        guard let first = group.first, let call = rows[first].run.nextCall else { return }
        do throws(EngineError) {
            try run(call.rows)
            return
        } catch {
            if group.count == 1 || error.kind == .terminated {
                fail(error)
                return
            }
        }
        // One of them may be what the model cannot take: each alone, so that it fails alone.
        let members = group
        for row in members {
            group.removeAll(keepingCapacity: true)
            group.append(row)
            do throws(EngineError) {
                try run(call.rows)
            } catch {
                fail(error)
            }
        }
    }

    private func fail(_ error: EngineError) {
        for row in group {
            finish(row, RequestError(error, field: "predict"))
        }
        if error.kind == .terminated {
            runner.clearTermination()
            wasTerminated = true
        }
    }

    private func chooseGroup(limit: Int) {
        group.removeAll(keepingCapacity: true)
        let window = plan.specification.window
        var singles = 0
        for row in active where rows[row].run.nextCall?.rows == 1 { singles += 1 }
        let isMixed = window > 1 && singles > 0 && singles < active.count
        let wantsSingles = isMixed ? !lastWasSingleRow : singles > 0
        for row in active where group.count < limit {
            if !isMixed || (rows[row].run.nextCall?.rows == 1) == wantsSingles {
                group.append(row)
            }
        }
        lastWasSingleRow = wantsSingles
    }

    /// Runs the model for the group and hands each row its output. Throws before any row has changed.
    private func run(_ rowsPerCall: Int) throws(EngineError) {
        let count = group.count
        let columns = rowsPerCall * plan.columnCount
        let futureValues = plan.specification.maximumHorizon * plan.futureColumns.count
        for (place, row) in group.enumerated() {
            unsafe rows[row].run.gatherWindow(into: Self.floats(&window, place * columns, columns))
            if futureIndex != nil {
                unsafe rows[row].run.gatherFuture(into: Self.floats(&future, place * futureValues, futureValues))
            }
            for state in states {
                state.gather(row: row, place: place, count: count)
            }
        }
        try bind(count, rowsPerCall, futureValues)
        let start = clock()
        try runner.run()
        let elapsed = clock().nanoseconds(since: start)
        counters.countRun(rows: count, nanoseconds: elapsed)
        if rowsPerCall == plan.specification.window || plan.takesSingleRows {
            costs.note(Double(elapsed) / 1000, rows: count)
        }
        let values = plan.specification.chunk * plan.valuesPerPoint
        for (place, row) in group.enumerated() {
            for state in states {
                state.scatter(row: row, place: place, count: count)
            }
            rows[row].receipt.model += Float(elapsed) / 1000
            rows[row].receipt.modelRuns += 1
            rows[row].receipt.batchRows = max(rows[row].receipt.batchRows, UInt32(count))
            do throws(RequestError) {
                try unsafe rows[row].run.absorb(
                    output: UnsafeBufferPointer(Self.floats(&output, place * values, values)))
                if rows[row].run.nextCall == nil {
                    finish(row, nil)
                }
            } catch {
                finish(row, error)
            }
        }
    }

    /// Runs the model on zeros, `count` rows of them.
    /// - Returns: microseconds of the fastest run; nil when the model does not run on zeros.
    func warmUp(rows count: Int, runs: Int) -> Double? {
        precondition(active.isEmpty && count <= maximumRows)
        let rowsPerCall = plan.takesSingleRows ? 1 : plan.specification.window
        do throws(EngineError) {
            try bind(count, rowsPerCall, plan.specification.maximumHorizon * plan.futureColumns.count)
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

    private func bind(_ count: Int, _ rowsPerCall: Int, _ futureValues: Int) throws(EngineError) {
        let size = MemoryLayout<Float>.size
        let variant = 2 * (count - 1) + (rowsPerCall == 1 ? 1 : 0)
        let shape: InlineArray<3, Int64> = [Int64(count), Int64(rowsPerCall), Int64(plan.columnCount)]
        try unsafe runner.bindInput(
            windowIndex, variant: variant, shape: shape.span, data: window.baseAddress,
            byteCount: count * rowsPerCall * plan.columnCount * size)
        if let futureIndex {
            let shape: InlineArray<3, Int64> = [
                Int64(count), Int64(plan.specification.maximumHorizon), Int64(plan.futureColumns.count),
            ]
            try unsafe runner.bindInput(
                futureIndex, variant: variant, shape: shape.span, data: future.baseAddress,
                byteCount: count * futureValues * size)
        }
        let points = Int64(plan.specification.chunk)
        let outputShape: InlineArray<3, Int64> = [Int64(count), points, Int64(plan.valuesPerPoint)]
        let rank = plan.specification.quantiles.isEmpty ? 2 : 3
        try unsafe runner.bindOutput(
            outputIndex, variant: variant, shape: outputShape.span.extracting(0..<rank), data: output.baseAddress,
            byteCount: count * plan.specification.chunk * plan.valuesPerPoint * size)
        for state in states {
            try state.bind(to: runner, count: count, variant: variant)
        }
    }

    /// Part of a buffer as floats; it is aligned for them.
    private static func floats(_ bytes: inout OwnedBytes, _ start: Int, _ count: Int) -> UnsafeMutableBufferPointer<
        Float
    > {
        precondition((start + count) * MemoryLayout<Float>.size <= bytes.count)
        return unsafe UnsafeMutableBufferPointer(
            start: bytes.baseAddress.assumingMemoryBound(to: Float.self) + start, count: count)
    }

    private func finish(_ row: Int, _ failure: RequestError?) {
        rows[row].failure = failure
        active.removeAll { $0 == row }
        finished.append(row)
    }

    // What is finished.

    /// Some finished request; nil when there is none.
    func nextFinished() -> FinishedRequest? {
        guard let row = finished.popLast() else { return nil }
        return FinishedRequest(ticket: rows[row].ticket, kind: .predict, failure: rows[row].failure, place: row)
    }

    /// Stages so far of a finished request.
    func receipt(_ request: FinishedRequest) -> ReceiptValues {
        rows[request.place].receipt
    }

    /// Writes the reply's body of a finished request without failure.
    func write(
        _ request: FinishedRequest, receipt: inout ReceiptValues, reply: inout ReplyWriter
    ) throws(RequestError) {
        targetScale = rows[request.place].run.targetScale
        try rows[request.place].write(identity, &receipt, &reply, clock)
    }

    /// Writes the event of a finished request whose reply was written; how many bytes it has.
    func writeEvent(_ request: FinishedRequest, _ head: EventHead, into room: consuming MutableRawSpan) -> Int {
        rows[request.place].writeEvent(identity, head, into: room)
    }

    /// Writes what its request held of the series' past behind its event; see `ForecastRow`.
    func writeObservations(
        _ request: FinishedRequest, limit: Int, after eventBytes: Int, into room: consuming MutableRawSpan
    ) -> Int? {
        rows[request.place].writeObservations(limit: limit, after: eventBytes, into: room)
    }

    /// When the series' next sample is due, in microseconds since the epoch: the first forecast point.
    func nextSampleDue(_ request: FinishedRequest) -> Int64? {
        rows[request.place].run.firstTimestamp
    }

    /// The finished request's place is free again.
    func release(_ request: FinishedRequest) {
        release(request.place)
    }
}

extension OwnedBytes {
    /// `count` bytes, all zero.
    init(zeros count: Int) {
        self.init(capacity: count)
        resize(to: count)
    }
}
