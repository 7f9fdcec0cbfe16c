import InferdTestSupport
import Testing

@testable import InferdJournal

struct RingKillTests {
    /// Bytes of an event whose content follows from its sequence.
    private static func byteCount(_ sequence: UInt64) -> Int { Int(sequence &* 37 % 300) }

    private static func isWhole(_ taken: TakenRecord) -> Bool {
        taken.payload.count == byteCount(taken.record.eventSequence)
            && taken.payload.allSatisfy { $0 == UInt8(truncatingIfNeeded: taken.record.eventSequence) }
    }

    /// Commits until the process ends, two reservations at a time, now and then abandoning one.
    private static func commitForEver(_ producer: inout RingProducer) {
        while true {
            let sequence = producer.nextEventSequence
            guard let spare = producer.reserve(byteCount: 24) else { continue }
            guard let reservation = producer.reserve(byteCount: byteCount(sequence)) else {
                producer.abandon(spare)
                continue
            }
            var payload = producer.payload(of: reservation)
            for offset in 0..<byteCount(sequence) {
                payload.storeBytes(of: UInt8(truncatingIfNeeded: sequence), toByteOffset: offset, as: UInt8.self)
            }
            producer.commit(reservation, kind: 1, byteCount: byteCount(sequence))
            producer.abandon(spare)
        }
    }

    @Test("A process killed while it commits leaves every event it had committed, whole")
    func killedProcessLeavesWholeEvents() throws {
        try SeedSweep.run("killedProcessLeavesWholeEvents", seeds: 30) { generator in
            let folder = try TemporaryDirectory()
            var last: UInt64 = 0
            var delivered: UInt64 = 0
            do {
                let directory = try RingDirectory(path: folder.path)
                let file = try directory.makeRing(TestRing.identity, capacity: 1 << 16)
                var producer = RingProducer(file)
                let child = try ForkedProcess { Self.commitForEver(&producer) }
                defer { child.kill() }
                var consumer = RingConsumer(file)
                let wanted = UInt64.random(in: 1...3_000, using: &generator)
                while last < wanted {
                    guard let taken = consumer.take() else {
                        try require(child.isRunning, "the child has ended")
                        continue
                    }
                    try require(Self.isWhole(taken), "event \(taken.record.eventSequence)")
                    last = taken.record.eventSequence
                    if Bool.random(using: &generator) || consumer.pendingBytes > 1 << 15 {
                        delivered = last
                        consumer.rewind()
                        while let record = consumer.next(), record.eventSequence <= last {
                            consumer.advance(past: record)
                            consumer.markDelivered(record.ticket)
                        }
                        consumer.release()
                    }
                }
            }
            let directory = try RingDirectory(path: folder.path)
            let recovered = try directory.recover()
            try require(recovered.refused.isEmpty, "refused")
            try require(recovered.total.damaged == 0 && recovered.total.unreadableBytes == 0, "damage")
            try require(recovered.total.abandoned <= 2, "\(recovered.total.abandoned) open reservations")
            guard let file = recovered.rings.first else {
                return try require(last == delivered, "events are missing")
            }
            var consumer = RingConsumer(file)
            for taken in consumer.takeAll() {
                try require(taken.record.eventSequence == delivered + 1, "event \(delivered + 1) is missing")
                try require(Self.isWhole(taken), "event \(taken.record.eventSequence) is not whole")
                delivered += 1
            }
            try require(delivered >= last, "an event that was seen is missing")
        }
    }
}
