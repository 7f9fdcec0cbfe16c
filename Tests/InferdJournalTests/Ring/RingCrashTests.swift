import InferdTestSupport
import Testing

@testable import InferdJournal

/// The process may end between any two of a ring's stores.
struct RingCrashTests {
    /// A ring, what its file must give back if the process ends now, and what it gives at each store.
    private final class Scene {
        let memory = SteppedMemory(capacity: 1024)
        private var producer: RingProducerState<SteppedMemory>
        private var consumer: RingConsumerState<SteppedMemory>
        private var pending: [UInt32] = []
        private(set) var stores = 0
        private(set) var failures: [String] = []

        init() {
            producer = RingProducerState(memory)
            consumer = RingConsumerState(memory)
        }

        /// Runs an act, after which `after` is what a restart must find. At each of its stores a restart finds
        /// that or what it would have found before, and never the latter again once it has found the former.
        private func watch(_ name: String, after: [UInt32], _ act: () -> Void) {
            let before = pending
            var isDone = false
            memory.stored = { [unowned self] in
                stores += 1
                let (found, recovery) = restart()
                if found == after {
                    isDone = true
                } else if isDone || found != before {
                    failures.append("\(name): \(found), before \(before), after \(after)")
                }
                if recovery.damaged > 0 || recovery.unreadableBytes > 0 { failures.append("\(name): \(recovery)") }
            }
            act()
            memory.stored = {}
            if restart().0 != after { failures.append("\(name) has not done what it should") }
            pending = after
        }

        private func restart() -> ([UInt32], RingRecovery) {
            let copy = memory.copy()
            guard let recovery = copy.recover() else { return ([.max], RingRecovery()) }
            var consumer = RingConsumerState(copy)
            var found: [UInt32] = []
            while let record = consumer.next() {
                found.append(copy.load(at: consumer.payloadOffset(of: record), as: UInt32.self))
                consumer.advance(past: record)
            }
            consumer.checkInvariants()
            return (found, recovery)
        }

        func reserve(_ bytes: Int) -> RingReservation? {
            var reservation: RingReservation?
            watch("reserve \(bytes)", after: pending) { reservation = producer.reserve(byteCount: bytes) }
            return reservation
        }

        func commit(_ reservation: RingReservation, _ value: UInt32, at place: Int) {
            memory.store(value, at: producer.payloadOffset(of: reservation))
            var after = pending
            after.insert(value, at: place)
            watch("commit \(value)", after: after) { producer.commit(reservation, kind: 1, byteCount: 4) }
        }

        func abandon(_ reservation: RingReservation) {
            watch("abandon", after: pending) { producer.abandon(reservation) }
        }

        func deliver() {
            guard let record = consumer.next() else { return failures.append("nothing to deliver") }
            consumer.advance(past: record)
            watch("deliver", after: Array(pending.dropFirst())) { consumer.markDelivered(record.ticket) }
        }

        func release() {
            watch("release", after: pending) { consumer.release() }
        }
    }

    @Test("A restart after any store finds exactly what was committed and not delivered")
    func restartAfterAnyStore() throws {
        let scene = Scene()
        var value: UInt32 = 0
        // Three times round the ring, with records of three lengths.
        for round in 0..<9 {
            let first = try #require(scene.reserve(100))
            let second = try #require(scene.reserve(40 + 16 * (round % 3)))
            let third = try #require(scene.reserve(8))
            scene.commit(third, value + 2, at: 0)
            scene.commit(first, value, at: 0)
            scene.abandon(second)
            value += 3
            scene.deliver()
            scene.deliver()
            scene.release()
        }
        #expect(scene.failures.isEmpty, "\(scene.failures.prefix(3))")
        #expect(scene.stores > 300)
    }
}
