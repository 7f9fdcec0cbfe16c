import InferdScheduler
import InferdTestSupport
import Testing

@testable import InferdBase

/// A connection that has been served no more than its share, and has one request, waits for at most one request of each other
/// connection, however many those have.
struct FairnessTests {
    /// Connections that keep a model's queue busy, and one that asks now and then.
    private final class Queue {
        struct Connection {
            let isBatch: Bool
            /// Requests it keeps waiting.
            let depth: Int
            let work: UInt64
            var lastEnd: UInt64 = 0
            var waiting = 0
            /// Of its requests, served since the light request was added.
            var served = 0
        }

        private struct Request {
            let connection: Int
            let entry: WorkQueue.Entry
        }

        let clock: FairClock
        private let queue: WorkQueue
        private(set) var connections: [Connection]
        private var requests: [UInt32: Request] = [:]
        private var free = Array((0..<1_024 as Range<UInt32>).reversed())
        private var sequence: UInt64 = 0

        /// - Parameter connections: the light one first.
        init(_ connections: [Connection], clock: FairClock = FairClock()) {
            self.connections = connections
            self.clock = clock
            queue = WorkQueue(links: RecordLinks(capacity: 1_024), clock: clock)
        }

        func add(_ connection: Int) {
            guard let record = free.popLast() else { preconditionFailure("too many requests for this test") }
            sequence += 1
            let item = FairQueue.Item(
                record: record,
                startTag: clock.startTag(
                    lastEnd: &connections[connection].lastEnd, work: connections[connection].work),
                sequence: sequence)
            requests[record] = Request(
                connection: connection,
                entry: WorkQueue.Entry(item: item, isBatch: connections[connection].isBatch))
            connections[connection].waiting += 1
            queue.add(record, now: MonotonicTime(nanoseconds: 1))
        }

        func addLight() {
            for index in connections.indices { connections[index].served = 0 }
            add(0)
        }

        func refill() {
            for index in connections.indices.dropFirst() {
                while connections[index].waiting < connections[index].depth { add(index) }
            }
        }

        /// Serves some requests; whether the light one was among them.
        func serve(_ limit: Int) -> Bool {
            var taken: [UInt32] = []
            _ = queue.take(limit: limit) {
                guard let request = requests[$0] else { preconditionFailure("nobody has added it") }
                return request.entry
            } receive: {
                taken.append($0)
            }
            queue.checkInvariants()
            var isLightServed = false
            for record in taken {
                guard let request = requests.removeValue(forKey: record) else { preconditionFailure("given twice") }
                free.append(record)
                connections[request.connection].waiting -= 1
                if request.connection == 0 {
                    isLightServed = true
                } else if !isLightServed {
                    connections[request.connection].served += 1
                }
            }
            return isLightServed
        }
    }

    /// Lets the light connection ask some times, and looks at whom it has waited for.
    private static func play(
        _ queue: Queue, isBatch: Bool, rounds: Int, _ generator: inout SeededGenerator
    ) throws(PropertyFailure) {
        for _ in 0..<rounds {
            for _ in 0..<Int.random(in: 0..<6, using: &generator) {
                queue.refill()
                _ = queue.serve(Int.random(in: 1...4, using: &generator))
            }
            // What it has been served before is made good by the others first.
            var rounds = 0
            while queue.connections[0].lastEnd > queue.clock.now {
                queue.refill()
                _ = queue.serve(1)
                rounds += 1
                try require(rounds < 10_000, "the clock stands still")
            }
            queue.refill()
            queue.addLight()
            var waits = 0
            while !queue.serve(Int.random(in: 1...4, using: &generator)) {
                queue.refill()
                waits += 1
                try require(waits < 10_000, "the light connection starves")
            }
            for (index, connection) in queue.connections.enumerated().dropFirst() where connection.isBatch == isBatch {
                try require(
                    connection.served <= 1,
                    "connection \(index) was served \(connection.served) times: \(queue.connections)")
            }
        }
    }

    private static func connections(
        _ isBatch: Bool, _ generator: inout SeededGenerator
    ) -> [Queue.Connection] {
        (0..<Int.random(in: 1...6, using: &generator)).map { _ in
            Queue.Connection(
                isBatch: isBatch, depth: Int.random(in: 1...40, using: &generator),
                work: [1, 10, 100, 1_000].randomElement(using: &generator) ?? 1)
        }
    }

    @Test func lightConnectionWaitsForOneRequestOfEachOther() throws {
        try SeedSweep.run("lightConnectionWaitsForOneRequestOfEachOther", seeds: 400) { generator in
            let light = Queue.Connection(
                isBatch: false, depth: 1, work: [1, 10, 100].randomElement(using: &generator) ?? 1)
            let queue = Queue([light] + Self.connections(false, &generator))
            try Self.play(queue, isBatch: false, rounds: 6, &generator)
        }
    }

    /// Batch requests are served at another pace, which must not age those who have just come.
    @Test func batchRequestsBesideThemChangeNothingForInteractiveOnes() throws {
        try SeedSweep.run("batchRequestsBesideThemChangeNothingForInteractiveOnes", seeds: 400) { generator in
            let light = Queue.Connection(isBatch: false, depth: 1, work: 10)
            let queue = Queue(
                [light] + Self.connections(false, &generator) + Self.connections(true, &generator))
            try Self.play(queue, isBatch: false, rounds: 6, &generator)
        }
    }
}
