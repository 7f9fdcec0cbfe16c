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
            if !core.slots.work.isEmpty {
                core.parking.withdraw(number)
            } else if !core.workersStopping.load(ordering: .acquiring) {
                core.parking.sleep(number)
            }
        }
    }
}
