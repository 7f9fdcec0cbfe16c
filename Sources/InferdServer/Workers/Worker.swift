import InferdBase
import InferdScheduler
import Synchronization

/// A worker thread: takes waiting requests in the order they came, and sleeps when there are none.
struct Worker: Sendable {
    let core: ServerCore
    /// Counted from 0.
    let number: Int
    let runner: RequestRunner

    func run() {
        while !core.workersStopping.load(ordering: .acquiring) {
            if let model = core.dispatch.pop() {
                serve(model)
                continue
            }
            core.parking.announce(number)
            if let model = core.dispatch.pop() {
                core.parking.withdraw(number)
                serve(model)
            } else if !core.workersStopping.load(ordering: .acquiring) {
                core.parking.sleep(number)
            }
        }
    }

    private func serve(_ model: UInt32) {
        // Each entry of `dispatch` was pushed after its request; another worker may have taken that very
        // request for an entry of its own, and then there is one of its to take.
        guard let index = core.models[Int(model)].queue.pop() else { return }
        runner.run(index)
    }
}
