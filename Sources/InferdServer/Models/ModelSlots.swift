import InferdBase
import InferdScheduler
import Synchronization

/// The places that loads of models are reached by, from every thread.
///
/// A place outlives the loads that use it, with its queue: a thread that looks for work may look at any
/// queue at any time. The load itself may be looked at by who holds one of its requests. The I/O thread
/// alone fills and empties places, and empties none while a request of its load is held.
@safe
final class ModelSlots: Sendable {
    /// Loads served at once, old ones that finish included.
    static let capacity = 2 * Limits.modelsServed

    private struct Slot: ~Copyable {
        /// Requests that a lane of the load has room for, while it is not open.
        let laneRows = Atomic<Int>(1)
        /// How long the first of these may wait for others.
        let delayNanoseconds = Atomic<UInt64>(0)
        /// nil: the place was never used.
        var queue: WorkQueue?
        var model: ServedModel?
    }

    private let slots: FixedArray<Slot>
    /// Which queues have requests waiting.
    let work = WorkMap(capacity: capacity)
    let clock = FairClock()

    init() {
        slots = FixedArray(count: Self.capacity) { _ in Slot() }
    }

    private subscript(place: Int) -> Slot {
        unsafeAddress { unsafe UnsafePointer(slots.address(of: place)) }
        unsafeMutableAddress { unsafe slots.address(of: place) }
    }

    /// The load at `place`, for who holds a request of it, and for the I/O thread.
    func model(_ place: Int) -> ServedModel {
        guard let model = self[place].model else { preconditionFailure("the place is empty") }
        return model
    }

    /// The queue of a place that has been used; any thread.
    func queue(_ place: Int) -> WorkQueue {
        guard let queue = self[place].queue else { preconditionFailure("the place was never used") }
        return queue
    }

    /// How many requests an empty lane of the load takes at most; any thread.
    func laneRows(_ place: Int) -> Int {
        self[place].laneRows.load(ordering: .relaxed)
    }

    /// How long a request may wait for others to share its first run; any thread.
    func delayNanoseconds(_ place: Int) -> UInt64 {
        self[place].delayNanoseconds.load(ordering: .relaxed)
    }

    func setLaneRows(_ place: Int, _ rows: Int) {
        if self[place].laneRows.load(ordering: .relaxed) != rows {
            self[place].laneRows.store(rows, ordering: .relaxed)
        }
    }

    // The I/O thread.

    /// Puts a load in its place; the requests that are queued afterwards publish it.
    func fill(_ place: Int, _ model: ServedModel, links: RecordLinks) {
        precondition(self[place].model == nil)
        if self[place].queue == nil {
            self[place].queue = WorkQueue(links: links, clock: clock)
        }
        self[place].model = model
        setLaneRows(place, model.rowsPerRun)
        self[place].delayNanoseconds.store(
            UInt64(model.settings.maximumQueueDelayMicroseconds) * 1000, ordering: .relaxed)
    }

    /// Makes the runs of every load, those that finish included, end soon.
    func terminateRuns() {
        for place in 0..<Self.capacity {
            self[place].model?.terminateRuns()
        }
    }

    /// Takes the load out once no request of it is held.
    func empty(_ place: Int) -> ServedModel? {
        defer { self[place].model = nil }
        return self[place].model
    }
}
