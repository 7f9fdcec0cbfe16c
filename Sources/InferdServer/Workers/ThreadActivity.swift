import InferdBase
import Synchronization

/// What a thread that runs models is doing, for the watchdog. Written by the thread, read by any.
final class ThreadActivity: Sendable {
    /// Nanoseconds of the monotonic clock; 0: in no run.
    private let startedAt = Atomic<UInt64>(0)
    private let place = Atomic<Int>(0)
    private let runs = Atomic<UInt64>(0)

    /// A run of the model at `place` begins.
    func begin(place: Int, at now: MonotonicTime) {
        self.place.store(place, ordering: .relaxed)
        startedAt.store(now.nanoseconds, ordering: .releasing)
    }

    func end() {
        startedAt.store(0, ordering: .releasing)
        runs.store(runs.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// The present run: its model's place, how long it has taken, and its number; nil: none.
    func run(at now: MonotonicTime) -> (place: Int, nanoseconds: UInt64, number: UInt64)? {
        let number = runs.load(ordering: .relaxed)
        let started = startedAt.load(ordering: .acquiring)
        if started == 0 { return nil }
        let since = now.nanoseconds(since: MonotonicTime(nanoseconds: started))
        return (place.load(ordering: .relaxed), since, number)
    }
}
