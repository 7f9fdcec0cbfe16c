import CLinux
import InferdBase
import InferdScheduler
import InferdWire
import Synchronization

/// The I/O thread: accepts, reads, frames, answers what needs no model, hands the rest to workers,
/// answers what expires, and alone closes connections.
///
/// All of its state is its own; what other threads may touch is in `core`. A value without copies, so
/// that nothing here is checked for exclusive access at run time.
struct IOLoop: ~Copyable {
    /// How often time limits of connections are looked at while any of them runs.
    static let sweepMilliseconds: UInt64 = 100
    /// How long a connection that was told to go away may take to read it.
    static let lingerMilliseconds: UInt64 = 1_000

    let core: ServerCore
    let counters: ThreadCounters
    let runner: LaneRunner
    let poller: Poller
    let listeners: [Listener]

    var connections: FixedArray<Connection>
    /// Slots of no connection; the highest are given out last.
    var freeSlots: [UInt32]
    var freeRecords: [UInt32]
    /// The deadline of each request that waits, or is computed elsewhere.
    var timers: TimerWheel

    // What is served.

    /// By name and version; replaced as a whole when the loader has news.
    var models = ModelTable([])
    /// By place: records that are held for its load.
    var requestsOf: [Int]
    var freePlaces: [Int]
    /// By place: its load is served no more, and is given to the loader once no record is held for it.
    var isRetiring: [Bool]

    // Answers.

    var cache: ResultCache
    var flights: FlightTable
    /// Bytes held for requests in flight.
    var heldBytes = 0
    /// Bytes that large requests held since memory was given back last.
    var largeBytes = 0
    /// Requests queued so far.
    var arrivals: UInt64 = 0
    /// Records that came back are being taken in.
    var isCollecting = false
    /// Slots of connections to be looked at before the turn ends.
    var touched: [Int] = []
    /// Where compressed frames are unpacked.
    var unpacked = OwnedBytes()
    /// Backs the decoded bodies of requests that need no model.
    var arena = MessageArena()

    /// Read once a turn.
    var now: MonotonicTime
    /// Sockets that were ready at this turn.
    var readyCount = 0
    /// A time limit of some connection is running.
    var needsSweep = false
    var nextSweepAt: MonotonicTime
    /// Accepting stopped for want of descriptors.
    var isAcceptPaused = false
    var drain = DrainState.serving
    /// By thread, the number of the run that the watchdog has told to stop; nil: none.
    var stoppedRuns: [UInt64?]
    var nextWatchAt: MonotonicTime

    enum DrainState: Equatable {
        case serving
        /// Finishing what is in flight until then.
        case draining(until: MonotonicTime)
        /// Everything has been answered by force; closing until then.
        case forcing(until: MonotonicTime)
        case done
    }

    /// - Parameter poller: watches the core's signal and the listeners already.
    init(core: ServerCore, runner: LaneRunner, poller: Poller, listeners: [Listener]) {
        self.core = core
        self.runner = runner
        self.poller = poller
        self.listeners = listeners
        counters = core.counters[0]
        now = .now()
        nextSweepAt = now
        nextWatchAt = now
        stoppedRuns = Array(repeating: nil, count: core.activities.count)
        connections = FixedArray(count: core.outbound.slotCount) { _ in Connection() }
        freeSlots = (0..<UInt32(core.outbound.slotCount)).reversed()
        freeRecords = (0..<UInt32(core.pool.capacity)).reversed()
        timers = TimerWheel(capacity: core.pool.capacity, now: now)
        requestsOf = Array(repeating: 0, count: ModelSlots.capacity)
        freePlaces = (0..<ModelSlots.capacity).reversed()
        isRetiring = Array(repeating: false, count: ModelSlots.capacity)
        cache = ResultCache(budgetBytes: core.configuration.cacheBytes)
        flights = FlightTable(capacity: core.pool.capacity)
        takeNews()
    }

    /// Serves until the daemon is told to stop and every connection has ended.
    mutating func run() {
        var events = [inferd_event](repeating: inferd_event(), count: Poller.eventsPerTurn)
        while drain != .done {
            // A turn may have been long, and its time does not add to a deadline's.
            now = .now()
            let timeout = millisecondsUntilDue()
            // Whoever completes a computation looks at its followers afterwards and wakes a sleeper: one of
            // the two sees the other.
            let sleeps =
                timeout != 0 && core.signal.beginSleep() && !core.pool.hasCompleted && !core.news.isWaiting
                && !mustBeginDrain && !mustEndGrace
            var span = events.mutableSpan
            readyCount = poller.wait(&span, milliseconds: sleeps ? timeout : 0)
            core.signal.endSleep()
            now = .now()
            takeNews()
            // What was answered gives its memory back, and is the warmest to be used again; and what was
            // computed is there for those who ask for it next.
            collectReturned()
            collectCompleted()
            for index in 0..<readyCount {
                handle(PollToken(packed: events[index].token), Poller.Interest(rawValue: events[index].readiness))
            }
            takeMarks()
            expireRequests()
            serviceTouched()
            if needsSweep || isAcceptPaused, now >= nextSweepAt {
                sweep()
            }
            watchRuns()
            if mustBeginDrain {
                beginDrain()
            }
            if drain != .serving {
                continueDrain()
            }
        }
        core.slots.terminateRuns()
    }

    private var mustBeginDrain: Bool {
        drain == .serving && core.stopRequested.load(ordering: .sequentiallyConsistent)
    }

    private var mustEndGrace: Bool {
        if case .draining = drain { return core.graceIsOver.load(ordering: .sequentiallyConsistent) }
        return false
    }

    /// How long the poller may sleep; -1: until something happens.
    private func millisecondsUntilDue() -> Int32 {
        var due: UInt64?
        if let request = timers.millisecondsUntilNext(now: now) {
            due = UInt64(request)
        }
        if needsSweep || isAcceptPaused {
            due = min(due ?? .max, nextSweepAt.nanoseconds(since: now) / 1_000_000 + 1)
        }
        if isWatchingRuns {
            due = min(due ?? .max, nextWatchAt.nanoseconds(since: now) / 1_000_000 + 1)
        }
        switch drain {
        case .draining(let until), .forcing(let until):
            due = min(due ?? .max, until.nanoseconds(since: now) / 1_000_000 + 1)
        case .serving, .done:
            break
        }
        return due.map { Int32(min($0, 60_000)) } ?? -1
    }

    private mutating func handle(_ token: PollToken, _ readiness: Poller.Interest) {
        switch token {
        case .signal:
            inferd_wake_clear(core.signal.descriptor)
        case .listener(let index):
            acceptConnections(listeners[index])
        case .connection(let handle):
            let slot = Int(handle.slot)
            // The event may be about a connection that ended earlier in this turn.
            guard connections[slot].phase != .free, connections[slot].generation == handle.generation else {
                return
            }
            if readiness.contains(.hangup) {
                connections[slot].phase = .closing
            } else if readiness.contains(.reading) {
                read(slot)
            }
            service(slot)
        }
    }

    /// Looks at the connections that other threads have marked.
    private mutating func takeMarks() {
        for group in 0..<core.signal.groupCount {
            var marks = core.signal.takeMarks(group: group)
            while marks != 0 {
                let slot = group * 64 + marks.trailingZeroBitCount
                marks &= marks - 1
                if connections[slot].phase == .free {
                    // A reply came too late for the slot's last connection.
                    core.outbound.dropWaiting(slot)
                } else {
                    collectReturned()
                    service(slot)
                }
            }
        }
    }

    /// Does all that can be done for a connection now: reads on from what is buffered, writes what
    /// waits, and moves to the next phase.
    mutating func service(_ slot: Int) {
        processInput(slot)
        flush(slot)
        resumeLater(slot)
        advancePhase(slot)
        if connections[slot].phase != .free {
            updateInterest(slot)
            if connections[slot].waitsForFrame || connections[slot].holdsToken
                || connections[slot].phase == .lingering
            {
                wantSweep()
            }
        }
    }

    /// Has the connection looked at before this turn ends.
    mutating func touch(_ slot: Int) {
        if !connections[slot].isTouched {
            connections[slot].isTouched = true
            touched.append(slot)
        }
    }

    private mutating func serviceTouched() {
        while let slot = touched.popLast() {
            connections[slot].isTouched = false
            if connections[slot].phase != .free {
                service(slot)
            }
        }
    }

    mutating func wantSweep() {
        if !needsSweep {
            needsSweep = true
            nextSweepAt = now.advanced(byMilliseconds: Self.sweepMilliseconds)
        }
    }

    private mutating func updateInterest(_ slot: Int) {
        var interest: Poller.Interest = []
        switch connections[slot].phase {
        case .open where !connections[slot].isPaused && !connections[slot].hasReachedEnd, .lingering:
            interest = .reading
        default:
            break
        }
        if connections[slot].holdsToken {
            interest.insert(.writing)
        }
        if interest != connections[slot].interest {
            connections[slot].interest = interest
            let handle = ConnectionHandle(slot: UInt32(slot), generation: connections[slot].generation)
            poller.change(connections[slot].descriptor, interest, .connection(handle))
        }
    }
}
