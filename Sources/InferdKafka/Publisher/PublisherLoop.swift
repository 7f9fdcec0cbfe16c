internal import Glibc
internal import InferdBase
package import InferdJournal
package import Synchronization

/// What the publisher's thread does from its start to its end.
package enum PublisherLoop {
    /// How long the thread rests when nothing was done: longer each time, so that an idle daemon sleeps and a busy
    /// one is not kept waiting.
    private static let shortestRestMilliseconds: Int32 = 1
    private static let longestRestMilliseconds: Int32 = 50
    /// How often the status is shown anew.
    private static let showMilliseconds: UInt64 = 100

    /// Publishes until `isEnding` is set, then for up to `graceMilliseconds` until nothing is left; what is left
    /// then goes to the store, or stays in the rings. Blocks the calling thread, which is to be the publisher's own.
    ///
    /// - Parameter upkeep: what the thread does beside publishing, between turns.
    package static func run<Source: EventSource & ~Copyable, Store: EventStore & ~Copyable, Format, Factory>(
        _ publisher: inout Publisher<Source, Store, Format, Factory>, board: PublisherStatusBoard,
        isEnding: borrowing Atomic<Bool>, graceMilliseconds: UInt64,
        upkeep: (inout Publisher<Source, Store, Format, Factory>, SpoolInstant) -> Void = { _, _ in }
    ) where Format: ~Copyable {
        var rest = shortestRestMilliseconds
        var now = SpoolInstant.now()
        var showAt = now.monotonic
        // Pairs with the store of whoever ends the daemon; nothing else is told by it.
        while !isEnding.load(ordering: .relaxed) {
            rest = publisher.turn(now: now) ? shortestRestMilliseconds : min(rest * 2, longestRestMilliseconds)
            upkeep(&publisher, now)
            if now.monotonic >= showAt {
                board.show(publisher.status(now: now))
                showAt = now.monotonic.advanced(byMilliseconds: showMilliseconds)
            }
            if rest > shortestRestMilliseconds { pause(&publisher, milliseconds: rest) }
            now = .now()
        }
        let end = now.monotonic.advanced(byMilliseconds: graceMilliseconds)
        while now.monotonic < end, publisher.status(now: now).lagRecords > 0 || publisher.inFlightCount > 0 {
            if !publisher.turn(now: now) { pause(&publisher, milliseconds: shortestRestMilliseconds) }
            now = .now()
        }
        publisher.finish(now: now)
        upkeep(&publisher, now)
        board.show(publisher.status(now: now))
    }

    private static func pause<Source: EventSource & ~Copyable, Store: EventStore & ~Copyable, Format, Factory>(
        _ publisher: inout Publisher<Source, Store, Format, Factory>, milliseconds: Int32
    ) where Format: ~Copyable {
        if !publisher.wait(milliseconds: milliseconds) { usleep(useconds_t(milliseconds) * 1000) }
    }
}
