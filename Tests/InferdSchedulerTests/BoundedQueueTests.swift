import InferdTestSupport
import Synchronization
import Testing

@testable import InferdScheduler

struct BoundedQueueTests {
    @Test func valuesLeaveInTheOrderTheyCame() {
        let queue = BoundedQueue(capacity: 4)
        for value in 0..<4 as Range<UInt32> {
            #expect(queue.push(value))
        }
        queue.checkInvariants()
        #expect((0..<4).map { _ in queue.pop() } == [0, 1, 2, 3])
        #expect(queue.pop() == nil)
    }

    @Test func fullQueueRefusesAndKeepsWhatItHas() {
        let queue = BoundedQueue(capacity: 2)
        #expect(queue.push(1) && queue.push(2))
        #expect(!queue.push(3))
        #expect(queue.count == 2)
        #expect(queue.pop() == 1)
        #expect(queue.push(3))
        #expect(queue.pop() == 2 && queue.pop() == 3)
    }

    @Test func behavesLikeAnArrayUnderRandomUse() {
        var generator = SeededGenerator(for: "behavesLikeAnArrayUnderRandomUse")
        let queue = BoundedQueue(capacity: 8)
        var model: [UInt32] = []
        for step in 0..<20_000 as Range<UInt32> {
            if Bool.random(using: &generator) {
                #expect(queue.push(step) == (model.count < 8))
                if model.count < 8 { model.append(step) }
            } else {
                #expect(queue.pop() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(queue.count == model.count)
            queue.checkInvariants()
        }
    }

    private final class Tally: Sendable {
        let taken = Atomic<Int>(0)
        let sum = Atomic<UInt64>(0)
    }

    @Test func everyValueLeavesExactlyOnceWithManyThreads() async {
        let queue = BoundedQueue(capacity: 64)
        let tally = Tally()
        let producers: UInt32 = 3
        let perProducer: UInt32 = 20_000
        await withTaskGroup(of: Void.self) { group in
            for producer in 0..<producers {
                group.addTask {
                    for value in producer * perProducer..<(producer + 1) * perProducer {
                        while !queue.push(value) { await Task.yield() }
                    }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    while tally.taken.load(ordering: .relaxed) < Int(producers * perProducer) {
                        if let value = queue.pop() {
                            tally.sum.add(UInt64(value), ordering: .relaxed)
                            tally.taken.add(1, ordering: .relaxed)
                        } else {
                            await Task.yield()
                        }
                    }
                }
            }
        }
        let total = UInt64(producers * perProducer)
        #expect(tally.taken.load(ordering: .relaxed) == Int(total))
        #expect(tally.sum.load(ordering: .relaxed) == total * (total - 1) / 2)
        queue.checkInvariants()
    }
}
