/// What was scored, as others see it.
package struct AccuracySummary: Equatable, Sendable {
    /// By model and bucket, in order.
    package var scores: [AccuracyScore] = []
    /// Events of scores that were committed.
    package var committed: UInt64 = 0
    /// Scores without an event: the ring had no room.
    package var dropped: UInt64 = 0

    package init(scores: [AccuracyScore] = [], committed: UInt64 = 0, dropped: UInt64 = 0) {
        self.scores = scores
        self.committed = committed
        self.dropped = dropped
    }
}
