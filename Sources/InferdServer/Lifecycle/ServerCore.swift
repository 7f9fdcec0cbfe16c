import InferdBase
import InferdScheduler
import Logging
import Synchronization

/// What the daemon's threads share: nothing here is changed after the start but by atomics.
final class ServerCore: Sendable {
    /// Connections told to go away while all places are taken, until they have read it.
    static let overflowSlots = 32

    let configuration: ServerConfiguration
    let startedAt: MonotonicTime
    let pool: RequestPool
    let signal: IOSignal
    let outbound: OutboundTable
    let slots = ModelSlots()
    let news: ModelNews
    let parking: WorkerParking
    let workerCount: Int
    /// nil: events are not recorded.
    let events: EventJournal?
    /// By thread: the I/O thread, then the workers.
    let counters: [ThreadCounters]
    /// As `counters`.
    let activities: [ThreadActivity]
    /// Drawn at start, so that nobody can choose bodies whose hashes are equal.
    let hashSeed = UInt64.random(in: 0 ... .max)
    let stopRequested = Atomic(false)
    /// What is in flight is not waited for any longer.
    let graceIsOver = Atomic(false)
    let workersStopping = Atomic(false)
    let loaderStopping = Atomic(false)
    /// Published by the I/O thread.
    let openConnections = Atomic<Int>(0)
    let isDraining = Atomic(false)
    let servedModels = Atomic<Int>(0)
    /// Workers whose run has taken longer than the watchdog allows and has not ended yet.
    let stuckWorkers = Atomic<Int>(0)

    init(
        configuration: ServerConfiguration, workerCount: Int, startedAt: MonotonicTime, logger: Logger
    ) throws(ServerError) {
        self.configuration = configuration
        self.startedAt = startedAt
        self.workerCount = workerCount
        pool = RequestPool(capacity: Limits.requestsInFlight)
        let slots = Limits.connections + Self.overflowSlots
        signal = try IOSignal(slots: slots)
        outbound = OutboundTable(slotCount: slots, pool: pool, signal: signal)
        news = try ModelNews()
        parking = WorkerParking(workers: workerCount)
        counters = (0...workerCount).map { _ in ThreadCounters() }
        activities = (0...workerCount).map { _ in ThreadActivity() }
        if configuration.events.isEnabled {
            events = try EventJournal(
                configuration.events, threads: workerCount + 1, dedupeMilliseconds: configuration.cacheMilliseconds,
                logger: logger)
        } else {
            events = nil
        }
    }

    /// Whether requests may be sent here: the daemon is not draining, and some worker is not stuck.
    var isReady: Bool {
        !isDraining.load(ordering: .relaxed) && stuckWorkers.load(ordering: .relaxed) < workerCount
    }

    /// Makes the loader's thread end after what it is at.
    func stopLoader() {
        loaderStopping.store(true, ordering: .releasing)
        news.wakeLoader()
    }

    /// Makes the workers end after what they are at.
    func stopWorkers() {
        workersStopping.store(true, ordering: .releasing)
        parking.wakeAll()
    }

    func total(_ counter: ThreadCounters.Counter) -> UInt64 {
        counters.reduce(0) { $0 + $1[counter] }
    }

    func totalReplies(_ code: StatusCode) -> UInt64 {
        counters.reduce(0) { $0 + $1[code] }
    }
}
