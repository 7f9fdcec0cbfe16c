import InferdTestSupport
import Testing

@testable import InferdJournal

/// The ring's rules under every order of the steps of its two sides: each access to a shared word is one.
struct RingInterleavingTests {
    /// What a run shares, and what it has seen.
    private final class Scene {
        let memory: SteppedMemory
        var producer: RingProducerState<SteppedMemory>
        var consumer: RingConsumerState<SteppedMemory>
        /// Values committed, and values taken.
        var committed: [UInt32] = []
        var taken: [UInt32] = []
        var failure: String?

        /// - Parameter warmup: bytes of records that have gone through, so that a run begins further on.
        init(weakness: SteppedMemory.Weakness? = nil, warmup: Int = 0) {
            memory = SteppedMemory(capacity: 1024, weakness: weakness)
            producer = RingProducerState(memory)
            consumer = RingConsumerState(memory)
            var left = warmup
            while left > 0 {
                memory.actor = 0
                commit(0, payload: min(left, 256) - RingLayout.recordHeaderBytes)
                memory.actor = 1
                take()
                left -= 256
            }
            committed = []
            taken = []
        }

        func commit(_ value: UInt32, payload: Int) {
            if let reservation = producer.reserve(byteCount: payload) { commit(reservation, value) }
        }

        func commit(_ reservation: RingReservation, _ value: UInt32) {
            memory.store(value, at: producer.payloadOffset(of: reservation))
            committed.append(value)
            producer.commit(reservation, kind: 1, byteCount: 4)
        }

        /// One turn of a consumer: takes a record, delivers it, gives its room back.
        func take() {
            if let record = consumer.next() {
                let offset = consumer.payloadOffset(of: record)
                consumer.advance(past: record)
                taken.append(memory.load(at: offset, as: UInt32.self))
                consumer.markDelivered(record.ticket)
            }
            consumer.release()
        }

        func fail(_ message: String) {
            if failure == nil { failure = message }
        }
    }

    /// Explores, and checks each run's end: all that was committed comes out, once and whole, and nothing is
    /// left. `order` is the ring's order of what is committed.
    private func explore(
        limit: Int, weakness: SteppedMemory.Weakness? = nil, warmup: Int = 0,
        producer: @escaping (Scene) -> Void, turns: Int, order: @escaping ([UInt32]) -> [UInt32] = { $0 }
    ) throws -> Int {
        var interleavings = Interleavings()
        try interleavings.explore(
            limit: limit, { Scene(weakness: weakness, warmup: warmup) },
            producer: { scene, suspend in
                scene.memory.steps[0] = suspend
                producer(scene)
            },
            consumer: { scene, suspend in
                scene.memory.steps[1] = suspend
                for _ in 0..<turns { scene.take() }
            },
            turn: { scene, actor in scene.memory.actor = actor },
            check: { scene, choices in
                scene.memory.steps = [{}, {}]
                scene.memory.actor = 1
                // What the consumer had no turn for.
                for _ in 0..<8 { scene.take() }
                let text = choices.map(String.init).joined()
                try require(scene.memory.race == nil, "race: \(scene.memory.race ?? ""), order \(text)")
                try require(scene.failure == nil, "\(scene.failure ?? ""), order \(text)")
                try require(
                    scene.taken == order(scene.committed),
                    "\(scene.committed) committed, \(scene.taken) taken, order \(text)")
                try require(scene.consumer.pendingBytes == 0 && scene.consumer.pendingCount == 0, "order \(text)")
                scene.producer.checkInvariants()
                scene.consumer.checkInvariants()
            })
        return interleavings.runs
    }

    /// Two reservations, committed the other way round.
    private static func commitOutOfOrder(_ scene: Scene) {
        guard let first = scene.producer.reserve(byteCount: 4), let second = scene.producer.reserve(byteCount: 4)
        else { return scene.fail("no room") }
        scene.commit(second, 2)
        scene.commit(first, 1)
    }

    @Test("Commits out of order, at every order of the two sides' steps")
    func commitsOutOfOrder() throws {
        let runs = try explore(
            limit: 200_000, producer: Self.commitOutOfOrder, turns: 3, order: { $0.reversed() })
        #expect(runs > 100, "\(runs) orders")
    }

    @Test("An abandoned reservation between commits, at every order of the two sides' steps")
    func abandonedReservations() throws {
        let runs = try explore(
            limit: 200_000,
            producer: { scene in
                guard let first = scene.producer.reserve(byteCount: 4) else { return scene.fail("no room") }
                scene.commit(1, payload: 4)
                scene.producer.abandon(first)
            }, turns: 3)
        #expect(runs > 100, "\(runs) orders")
    }

    @Test("A full ring that wraps, at every order of the two sides' steps")
    func fullRingWraps() throws {
        let runs = try explore(
            limit: 500_000, warmup: 768,
            producer: { scene in
                // The second needs padding and the first's room given back; when it is not yet, it is refused.
                scene.commit(1, payload: 200)
                scene.commit(2, payload: 470)
                scene.commit(3, payload: 470)
            }, turns: 2)
        #expect(runs > 5_000, "\(runs) orders")
    }

    @Test("Each release is needed: without any one of them a race is seen", arguments: SteppedMemory.Weakness.allCases)
    func eachReleaseIsNeeded(weakness: SteppedMemory.Weakness) {
        #expect(throws: PropertyFailure.self) {
            _ = try explore(
                limit: 500_000, weakness: weakness, warmup: 768,
                producer: { scene in
                    scene.commit(1, payload: 200)
                    scene.commit(2, payload: 470)
                    scene.commit(3, payload: 470)
                }, turns: 2)
        }
    }
}
