import InferdBase
import InferdScheduler
import Synchronization

/// A worker thread: does rounds of work, and sleeps when there is none.
struct Worker: Sendable {
    let core: ServerCore
    /// Counted from 0.
    let number: Int
    let runner: LaneRunner

    func run() {
        while !core.workersStopping.load(ordering: .acquiring) {
            if runner.round() { continue }
            core.parking.announce(number)
            if let until = runner.postponedUntil {
                // Whatever comes meanwhile wakes a worker; nothing is missed for longer than this.
                let now = MonotonicTime.now()
                core.parking.sleep(number, nanoseconds: max(1, until.nanoseconds(since: now)))
            } else if !core.slots.work.isEmpty {
                core.parking.withdraw(number)
            } else if !core.workersStopping.load(ordering: .acquiring) {
                core.parking.sleep(number)
            }
        }
    }
}
