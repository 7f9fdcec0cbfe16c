package import InferdBase
import Synchronization

/// A model's waiting requests, handed from the thread that admits them to those that run them.
///
/// Adding pushes onto a lock-free stack. Taking needs the queue's token: its holder moves what was added
/// into the fair order, and takes from that. Who finds the token held does not wait for it but comes
/// back: the holder keeps it for the few hundred nanoseconds of a heap's work.
@safe
package final class WorkQueue: @unchecked Sendable {
    /// What is known of a waiting request; written before it is added.
    package struct Entry: Sendable {
        package var item: FairQueue.Item
        package var isBatch: Bool

        package init(item: FairQueue.Item, isBatch: Bool) {
            self.item = item
            self.isBatch = isBatch
        }
    }

    /// What came of an attempt to take requests.
    package enum Taking: Equatable, Sendable {
        case taken(Int)
        /// Somebody else is taking at this moment.
        case busy
    }

    private let links: RecordLinks
    private let added = Atomic<UInt32>(RecordLinks.none)
    private let token = Atomic(false)
    /// Requests added and not taken.
    private let waitingCount = Atomic<Int>(0)
    private let clock: FairClock
    private let promotions = Atomic(false)
    /// When the queue last went from empty to not, in nanoseconds.
    private let filledAt = Atomic<UInt64>(0)
    /// The token's holder's.
    private var queue = FairQueue()

    /// - Parameters:
    ///   - links: shared by all lists a record may be in; it is in one at most.
    ///   - clock: shared by all queues.
    package init(links: RecordLinks, clock: FairClock) {
        self.links = links
        self.clock = clock
    }

    /// Exact only while nobody adds or takes.
    package var count: Int { max(0, waitingCount.load(ordering: .sequentiallyConsistent)) }

    /// Since when something has been waiting; may be too early, never too late.
    package var waitingSince: MonotonicTime {
        MonotonicTime(nanoseconds: filledAt.load(ordering: .relaxed))
    }

    /// Adds a record whose entry `describe` of `take` will give.
    package func add(_ record: UInt32, now: MonotonicTime) {
        if waitingCount.load(ordering: .relaxed) <= 0 {
            filledAt.store(now.nanoseconds, ordering: .relaxed)
        }
        // Counted before it can be taken, so that the count is never too small.
        waitingCount.add(1, ordering: .sequentiallyConsistent)
        links.push(record, on: added)
    }

    /// A waiting batch request has become urgent: the next taker moves it.
    package func notePromotion() {
        promotions.store(true, ordering: .releasing)
    }

    /// Takes up to `limit` requests in fair order and passes each to `receive`.
    /// - Parameter describe: the entry of a record that was added.
    package func take(
        limit: Int, describe: (UInt32) -> Entry, receive: (UInt32) -> Void
    ) -> Taking {
        if limit <= 0 || waitingCount.load(ordering: .relaxed) <= 0 { return .taken(0) }
        // Pairs with the releasing store below: the queue is as the last holder left it.
        if token.exchange(true, ordering: .acquiring) { return .busy }
        var record = links.takeAll(added)
        while record != RecordLinks.none {
            let next = links.next(after: record)
            let entry = describe(record)
            queue.insert(entry.item, isBatch: entry.isBatch)
            record = next
        }
        if promotions.load(ordering: .relaxed), promotions.exchange(false, ordering: .acquiring) {
            queue.promote { !describe($0).isBatch }
        }
        var count = 0
        while count < limit, let item = queue.take() {
            receive(item.record)
            count += 1
            if !queue.wasOutOfTurn {
                clock.advance(to: item.startTag)
            }
        }
        token.store(false, ordering: .releasing)
        if count > 0 {
            waitingCount.subtract(count, ordering: .sequentiallyConsistent)
        }
        return .taken(count)
    }

    /// Traps when count and queue contradict each other. Call only while nobody adds or takes.
    package func checkInvariants() {
        queue.checkInvariants()
        if added.load(ordering: .relaxed) == RecordLinks.none {
            precondition(queue.count == waitingCount.load(ordering: .relaxed))
        }
    }
}
