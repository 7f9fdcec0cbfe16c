import InferdScheduler
import InferdTestSupport
import Testing

@testable import InferdBase

struct WorkQueueTests {
    private static func entry(_ record: UInt32, isBatch: Bool = false) -> WorkQueue.Entry {
        WorkQueue.Entry(
            item: FairQueue.Item(record: record, startTag: UInt64(record), sequence: UInt64(record)), isBatch: isBatch)
    }

    private static func takeAll(_ queue: WorkQueue, limit: Int = .max, isBatch: (UInt32) -> Bool = { _ in false })
        -> [UInt32]
    {
        var taken: [UInt32] = []
        _ = queue.take(limit: limit, describe: { entry($0, isBatch: isBatch($0)) }, receive: { taken.append($0) })
        queue.checkInvariants()
        return taken
    }

    @Test func takesInFairOrderWhateverTheOrderOfArrival() {
        let queue = WorkQueue(links: RecordLinks(capacity: 8), clock: FairClock())
        for record in [5, 1, 7, 3] as [UInt32] {
            queue.add(record, now: MonotonicTime(nanoseconds: 1))
        }
        #expect(queue.count == 4)
        #expect(Self.takeAll(queue, limit: 0) == [])
        #expect(Self.takeAll(queue, limit: 2) == [1, 3])
        queue.add(0, now: MonotonicTime(nanoseconds: 1))
        #expect(queue.count == 3)
        #expect(Self.takeAll(queue) == [0, 5, 7])
        #expect(queue.count == 0)
    }

    @Test func whoFindsTheQueueTakenComesBack() {
        let queue = WorkQueue(links: RecordLinks(capacity: 4), clock: FairClock())
        queue.add(1, now: MonotonicTime(nanoseconds: 1))
        queue.add(2, now: MonotonicTime(nanoseconds: 1))
        var inner: WorkQueue.Taking?
        let outer = queue.take(limit: 1, describe: { Self.entry($0) }) { _ in
            inner = queue.take(limit: 1, describe: { Self.entry($0) }, receive: { _ in })
        }
        #expect(outer == .taken(1))
        #expect(inner == .busy)
        #expect(Self.takeAll(queue) == [2])
    }

    @Test func batchRequestThatBecameUrgentIsServedAsSuch() {
        let queue = WorkQueue(links: RecordLinks(capacity: 8), clock: FairClock())
        for record in 1...4 as ClosedRange<UInt32> {
            queue.add(record, now: MonotonicTime(nanoseconds: 1))
        }
        #expect(Self.takeAll(queue, limit: 1, isBatch: { $0 <= 2 }) == [3])
        queue.notePromotion()
        #expect(Self.takeAll(queue, isBatch: { $0 == 2 }) == [1, 4, 2])
    }
}
