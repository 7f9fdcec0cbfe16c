import Foundation

/// What the runs of one stub engine have been.
final class StubJournal: Sendable {
    static let capacity = 10_000

    private let condition = NSCondition()
    private nonisolated(unsafe) var count = 0
    private nonisolated(unsafe) var latest: [[Int64]] = []
    private nonisolated(unsafe) var lastSelection: UInt64 = 0
    private nonisolated(unsafe) var hanging = 0

    var runs: Int { condition.withLock { unsafe count } }
    var shapes: [[Int64]] { condition.withLock { unsafe latest } }

    var selection: UInt64 { condition.withLock { unsafe lastSelection } }

    func noteRun(_ shape: [Int64], selection: UInt64) {
        condition.withLock {
            unsafe count += 1
            unsafe lastSelection = selection
            if unsafe latest.count == Self.capacity { unsafe latest.removeFirst() }
            unsafe latest.append(shape)
        }
    }

    /// Waits until `isOver`, which `wake` has looked at anew.
    func hang(until isOver: () -> Bool) {
        condition.withLock {
            unsafe hanging += 1
            condition.broadcast()
            while !isOver() { condition.wait() }
            unsafe hanging -= 1
        }
    }

    /// Those that hang look whether they are over.
    func wake() {
        condition.withLock { condition.broadcast() }
    }

    func waitForHangs(_ wanted: Int) -> Bool {
        let end = Date(timeIntervalSinceNow: 20)
        return condition.withLock {
            while unsafe hanging < wanted {
                if !condition.wait(until: end) { return unsafe hanging >= wanted }
            }
            return true
        }
    }
}
