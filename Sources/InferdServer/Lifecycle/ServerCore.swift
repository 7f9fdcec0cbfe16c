import InferdBase
import InferdScheduler
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
    let models: ModelTable
    /// For each waiting request the index of its model, oldest first, so that models take turns by
    /// arrival. Its capacity is the pool's: it cannot be full.
    let dispatch: BoundedQueue
    let parking: WorkerParking
    let workerCount: Int
    /// By thread: the I/O thread, then the workers.
    let counters: [ThreadCounters]
    let stopRequested = Atomic(false)
    /// What is in flight is not waited for any longer.
    let graceIsOver = Atomic(false)
    let workersStopping = Atomic(false)
    /// Published by the I/O thread.
    let openConnections = Atomic<Int>(0)
    let isDraining = Atomic(false)

    init(
        configuration: ServerConfiguration, workerCount: Int, models: ModelTable, startedAt: MonotonicTime
    ) throws(ServerError) {
        self.configuration = configuration
        self.startedAt = startedAt
        self.models = models
        self.workerCount = workerCount
        pool = RequestPool(capacity: Limits.requestsInFlight)
        let slots = Limits.connections + Self.overflowSlots
        signal = try IOSignal(slots: slots)
        outbound = OutboundTable(slotCount: slots, pool: pool, signal: signal)
        dispatch = BoundedQueue(capacity: Limits.requestsInFlight)
        parking = WorkerParking(workers: workerCount)
        counters = (0...workerCount).map { _ in ThreadCounters() }
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
