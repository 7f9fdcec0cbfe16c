import Synchronization

/// The virtual time of fair queueing, shared by the queues of all models: how much work, in microseconds,
/// a connection that always had something waiting has been served.
package final class FairClock: Sendable {
    private let time = Atomic<UInt64>(0)

    package init() {}

    package var now: UInt64 { time.load(ordering: .relaxed) }

    /// A request with the start tag `tag` is served. Any thread; two at once may lose the lesser of two
    /// steps, which only makes a newcomer's tag a little earlier.
    func advance(to tag: UInt64) {
        if tag > time.load(ordering: .relaxed) {
            time.store(tag, ordering: .relaxed)
        }
    }

    /// The start tag of a connection's next request, which takes `work` microseconds; `lastEnd` becomes
    /// where it ends.
    package func startTag(lastEnd: inout UInt64, work: UInt64) -> UInt64 {
        let start = max(now, lastEnd)
        lastEnd = start &+ max(work, 1)
        return start
    }
}
