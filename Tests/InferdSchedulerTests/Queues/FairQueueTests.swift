import InferdTestSupport
import Testing

@testable import InferdScheduler

struct FairQueueTests {
    /// A fair queue beside two lists that are searched from end to end.
    private struct Model {
        private var queue = FairQueue()
        private var interactive: [FairQueue.Item] = []
        private var batch: [FairQueue.Item] = []
        private var sequence: UInt64 = 0
        /// Requests of the other priority served since this one had its turn, while it waited.
        private var sinceBatch = 0
        private var batchInARow = 0

        mutating func insert(_ generator: inout SeededGenerator) {
            sequence += 1
            let item = FairQueue.Item(
                record: UInt32(sequence), startTag: UInt64.random(in: 0..<6, using: &generator), sequence: sequence)
            let isBatch = Bool.random(using: &generator)
            queue.insert(item, isBatch: isBatch)
            if isBatch {
                batch.append(item)
            } else {
                interactive.append(item)
            }
        }

        mutating func promote(_ generator: inout SeededGenerator) {
            let urgent = Set(batch.map(\.record).filter { _ in Int.random(in: 0..<4, using: &generator) == 0 })
            queue.promote { urgent.contains($0) }
            interactive += batch.filter { urgent.contains($0.record) }
            batch.removeAll { urgent.contains($0.record) }
        }

        private static func first(_ items: [FairQueue.Item]) -> FairQueue.Item? {
            items.min { ($0.startTag, $0.sequence) < ($1.startTag, $1.sequence) }
        }

        mutating func take() throws(PropertyFailure) {
            let (firstInteractive, firstBatch) = (Self.first(interactive), Self.first(batch))
            let item = queue.take()
            guard let item else {
                try require(interactive.isEmpty && batch.isEmpty, "nothing was given")
                return
            }
            // The first of its priority, whichever that is.
            try require(item == firstInteractive || item == firstBatch, "\(item) is the first of nothing")
            if item == firstInteractive {
                interactive.removeAll { $0 == item }
                batchInARow = 0
                sinceBatch = batch.isEmpty ? 0 : sinceBatch + 1
            } else {
                batch.removeAll { $0 == item }
                sinceBatch = 0
                batchInARow = interactive.isEmpty ? 0 : batchInARow + 1
            }
            try require(sinceBatch < FairQueue.batchShare, "batch requests starve")
            try require(batchInARow <= 1, "batch requests come before interactive ones")
        }

        func check() throws(PropertyFailure) {
            queue.checkInvariants()
            try require(queue.count == interactive.count + batch.count, "\(queue.count) wait")
            try require(queue.isEmpty == (queue.count == 0), "an empty queue that is not")
        }
    }

    @Test func servesTheLeastTagFirstAndStarvesNobody() throws {
        try SeedSweep.run("servesTheLeastTagFirstAndStarvesNobody", seeds: 1_500) { generator in
            var model = Model()
            for _ in 0..<80 {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0..<5: model.insert(&generator)
                case 5: model.promote(&generator)
                default: try model.take()
                }
                try model.check()
            }
        }
    }

    @Test func batchRequestsGetTheirShareBesideAFlood() {
        var queue = FairQueue()
        var sequence: UInt64 = 0
        for record in 0..<10 as Range<UInt32> {
            queue.insert(FairQueue.Item(record: record, startTag: 1_000, sequence: 0), isBatch: true)
        }
        var served = 0
        for _ in 0..<10 * FairQueue.batchShare {
            sequence += 1
            queue.insert(FairQueue.Item(record: 100, startTag: 0, sequence: sequence), isBatch: false)
            if let item = queue.take(), item.record < 100 { served += 1 }
        }
        #expect(served == 10)
    }
}
