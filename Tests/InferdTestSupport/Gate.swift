import Foundation

/// Where threads of the code under test wait until a test lets them go.
package final class Gate: Sendable {
    private let condition = NSCondition()
    private nonisolated(unsafe) var isOpen = false
    private nonisolated(unsafe) var waiting = 0

    package init() {}

    /// Waits until the gate is open.
    package func pass() {
        condition.withLock {
            unsafe waiting += 1
            condition.broadcast()
            while unsafe !isOpen { condition.wait() }
            unsafe waiting -= 1
        }
    }

    package func open() {
        condition.withLock {
            unsafe isOpen = true
            condition.broadcast()
        }
    }

    /// From now on threads wait again.
    package func close() {
        condition.withLock { unsafe isOpen = false }
    }

    /// Waits until `count` threads stand at the gate; false when that takes more than 20 s.
    package func waitForArrivals(_ count: Int) -> Bool {
        let end = Date(timeIntervalSinceNow: 20)
        return condition.withLock {
            while unsafe waiting < count {
                if !condition.wait(until: end) { return unsafe waiting >= count }
            }
            return true
        }
    }
}
