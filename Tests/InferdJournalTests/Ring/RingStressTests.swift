import Foundation
import InferdTestSupport
import Synchronization
import Testing

@testable import InferdJournal

struct RingStressTests {
    /// What the two threads tell each other beside the ring.
    private final class Progress: Sendable {
        let isDone = Atomic(false)
        /// The test has failed: nobody makes room any more.
        let isGivenUp = Atomic(false)
    }

    /// Events whose content follows from their sequence; up to eight reservations are open at once, and finished
    /// in an order drawn at random.
    private static func produce(_ file: RingFile, events: UInt64, seed: UInt64, progress: Progress) {
        var generator = SeededGenerator(seed: seed)
        var producer = RingProducer(file)
        var open: [RingReservation] = []
        while producer.nextEventSequence <= events {
            if open.count < 8, let reservation = producer.reserve(byteCount: 64) {
                open.append(reservation)
                if Bool.random(using: &generator) { continue }
            } else if open.isEmpty {
                if progress.isGivenUp.load(ordering: .relaxed) { return }
                continue
            }
            let reservation = open.remove(at: .random(in: 0..<open.count, using: &generator))
            let sequence = producer.nextEventSequence
            if Int.random(in: 0..<10, using: &generator) == 0 {
                producer.abandon(reservation)
                continue
            }
            var payload = producer.payload(of: reservation)
            for offset in stride(from: 0, to: 64, by: 8) {
                payload.storeBytes(of: sequence &* UInt64(offset + 1), toByteOffset: offset, as: UInt64.self)
            }
            producer.commit(reservation, kind: 1, byteCount: 64)
        }
        for reservation in open { producer.abandon(reservation) }
        progress.isDone.store(true, ordering: .releasing)
    }

    private static func isWhole(_ payload: RawSpan, sequence: UInt64) -> Bool {
        stride(from: 0, to: 64, by: 8).allSatisfy { offset in
            unsafe payload.unsafeLoad(fromByteOffset: offset, as: UInt64.self) == sequence &* UInt64(offset + 1)
        }
    }

    @Test("Two threads, a small ring: every event comes once, whole")
    func twoThreads() throws {
        let folder = try TemporaryDirectory()
        let directory = try RingDirectory(path: folder.path)
        let file = try directory.makeRing(TestRing.identity, capacity: 2048)
        var generator = SeededGenerator(for: "twoThreads")
        let seed = generator.next()
        let events: UInt64 = 50_000
        let progress = Progress()
        defer { progress.isGivenUp.store(true, ordering: .relaxed) }
        Thread.detachNewThread { Self.produce(file, events: events, seed: seed, progress: progress) }

        var consumer = RingConsumer(file)
        var seen = Set<UInt64>()
        var inFlight: [UInt64] = []
        while true {
            // Before looking, so that what was committed until then is seen.
            let isLast = progress.isDone.load(ordering: .acquiring)
            while let record = consumer.next() {
                try require(
                    Self.isWhole(consumer.payload(of: record), sequence: record.eventSequence),
                    "event \(record.eventSequence) is not whole")
                try require(seen.insert(record.eventSequence).inserted, "event \(record.eventSequence) came twice")
                consumer.advance(past: record)
                inFlight.append(record.ticket)
                // Confirmed in any order, a few at a time.
                while inFlight.count > 5 {
                    consumer.markDelivered(
                        inFlight.remove(at: .random(in: 0..<inFlight.count, using: &generator)))
                }
                consumer.release()
            }
            for ticket in inFlight { consumer.markDelivered(ticket) }
            inFlight = []
            consumer.release()
            if isLast { break }
        }
        #expect(seen == Set(1...events))
        #expect(consumer.pendingBytes == 0)
        #expect(consumer.pendingRecords == 0)
    }
}
