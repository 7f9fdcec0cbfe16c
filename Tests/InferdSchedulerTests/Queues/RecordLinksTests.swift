import Foundation
import Synchronization
import Testing

@testable import InferdScheduler

struct RecordLinksTests {
    private static let pushers = 3
    private static let each = 8_000

    /// A stack, and which records were taken from it.
    private final class Stack: Sendable {
        let links = RecordLinks(capacity: pushers * each)
        let top = Atomic<UInt32>(RecordLinks.none)
        let started = Atomic(0)
        let left = Atomic(pushers)

        /// As closely beside the others as can be.
        func push(_ records: Range<Int>) {
            started.add(1, ordering: .relaxed)
            while started.load(ordering: .relaxed) < pushers { sched_yield() }
            for record in records {
                links.push(UInt32(record), on: top)
            }
            left.subtract(1, ordering: .sequentiallyConsistent)
        }

        func takeAll(_ taken: inout [Int]) {
            var record = links.takeAll(top)
            var steps = 0
            while record != RecordLinks.none, steps <= taken.count {
                taken[Int(record)] += 1
                record = links.next(after: record)
                steps += 1
            }
        }
    }

    @Test func recordsThatManyPushAreTakenOnceEach() {
        let stack = Stack()
        let group = DispatchGroup()
        for number in 0..<Self.pushers {
            group.enter()
            let thread = Thread {
                stack.push(number * Self.each..<(number + 1) * Self.each)
                group.leave()
            }
            thread.start()
        }
        var taken = Array(repeating: 0, count: Self.pushers * Self.each)
        while stack.left.load(ordering: .sequentiallyConsistent) > 0 {
            stack.takeAll(&taken)
        }
        group.wait()
        stack.takeAll(&taken)
        #expect(taken.allSatisfy { $0 == 1 }, "\(taken.count { $0 != 1 }) records")
    }
}
