/// When the publisher gives up on a broker, and when it tries again.
package struct PublisherConfiguration: Sendable {
    /// Without a delivery for so long, though messages are out, the broker does not accept.
    package var stallMilliseconds: UInt64 = 5_000
    /// The same before the broker has accepted anything, as long as no error is heard.
    package var connectMilliseconds: UInt64 = 15_000
    /// The same when the rings are about to be full.
    package var pressedStallMilliseconds: UInt64 = 1_000
    /// Messages taken back must have been reported after this time, or the producer is made anew.
    package var settleMilliseconds: UInt64 = 5_000
    package var backoff = Backoff(firstMilliseconds: 500, maximumMilliseconds: 30_000)
    /// How long the spool is left alone after it failed.
    package var storeRetryMilliseconds: UInt64 = 1_000
    /// Messages out at once, before a broker has accepted one and after. The producer's own bound is in bytes.
    package var unprovenWindow = 64
    package var window = 65_536
    /// Records moved by one turn, so that reports do not wait for long.
    package var recordsPerTurn = 4_096

    package init() {}

    /// Traps when the numbers contradict each other.
    package func checkRelations() {
        precondition(0 < unprovenWindow && unprovenWindow <= window && recordsPerTurn > 0)
        precondition(pressedStallMilliseconds <= stallMilliseconds && stallMilliseconds <= connectMilliseconds)
        backoff.checkRelations()
    }
}
