/// How long to wait before the next attempt: twice as long as before the last, within bounds.
package struct Backoff: Sendable {
    package var firstMilliseconds: UInt64
    package var maximumMilliseconds: UInt64

    package init(firstMilliseconds: UInt64, maximumMilliseconds: UInt64) {
        self.firstMilliseconds = firstMilliseconds
        self.maximumMilliseconds = maximumMilliseconds
    }

    /// - Parameter failures: attempts that have failed in a row, this one included; from 1.
    package func milliseconds(afterFailures failures: Int) -> UInt64 {
        // The bound is reached long before a shift of 32 could overflow.
        min(maximumMilliseconds, firstMilliseconds << UInt64(min(max(failures, 1) - 1, 32)))
    }

    package func checkRelations() {
        precondition(0 < firstMilliseconds && firstMilliseconds <= maximumMilliseconds)
        precondition(maximumMilliseconds <= 86_400_000)
    }
}
