import InferdBase
import InferdScheduler
import InferdWire
import Synchronization

/// Runs of a model that do not come to an end.
extension IOLoop {
    private static let watchMilliseconds: UInt64 = 100

    /// Requests are being computed, so that a run may be in progress, or the end of one is not told yet.
    var isWatchingRuns: Bool {
        core.configuration.watchdogMilliseconds > 0
            && (freeRecords.count < core.pool.capacity || core.stuckWorkers.load(ordering: .relaxed) > 0)
    }

    /// Looks, from time to time, for runs that take longer than they may: their requests are answered, and
    /// the engine is told to stop.
    mutating func watchRuns() {
        guard core.configuration.watchdogMilliseconds > 0, now >= nextWatchAt else { return }
        nextWatchAt = now.advanced(byMilliseconds: Self.watchMilliseconds)
        let greatest = UInt64(core.configuration.watchdogMilliseconds) * 1_000_000
        var stuck = 0
        for thread in core.activities.indices.dropFirst() {
            guard let run = core.activities[thread].run(at: now), run.nanoseconds > greatest else {
                stoppedRuns[thread] = nil
                continue
            }
            stuck += 1
            if stoppedRuns[thread] != run.number {
                stoppedRuns[thread] = run.number
                stop(thread, place: run.place)
            }
        }
        core.stuckWorkers.store(stuck, ordering: .relaxed)
    }

    private mutating func stop(_ thread: Int, place: Int) {
        counters.add(.watchdogStops)
        let error = RequestError(
            .deadlineExceeded, "the model ran for more than \(core.configuration.watchdogMilliseconds) ms")
        for slot in 0..<connections.count where connections[slot].phase != .free {
            for place in (0..<connections[slot].inFlight.count).reversed() {
                let index = connections[slot].inFlight.record(at: place)
                // Followers of such a request are in no lane: its outcome decides on them.
                if core.pool.thread(index) == thread, core.pool.claim(index) {
                    refuse(slot, id: core.pool[index].envelope.id, error)
                    touch(slot)
                    leave(index)
                }
            }
        }
        // The place is still its load's: the run's requests are held until it ends.
        core.slots.model(place).executors[thread].terminate()
        core.news.reportStuck(thread)
    }
}
