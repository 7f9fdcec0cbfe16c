import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdJournal

/// What a ring's file tells the next life of the daemon.
struct RingRecoveryTests {
    /// A ring that was left in the middle of its work: wrapped, with records of every state.
    private struct Scene {
        var bytes: [UInt8] = []
        /// Committed and not delivered, by position, in order.
        var pending: [TakenRecord] = []
        var delivered = 0
        var open = 0

        init() throws {
            let ring = try TestRing()
            // Once round, so that what an earlier lap has left lies everywhere.
            for number in 0..<7 as Range<UInt8> {
                #expect(ring.commit(Array(repeating: number, count: 88)))
            }
            for record in ring.takeAll() { ring.markDelivered(record.record.ticket) }
            ring.release()
            // The first of these begins a new lap, behind padding.
            for number in 100..<104 as Range<UInt8> {
                #expect(ring.commit(Array(repeating: number, count: number == 100 ? 100 : 60), kind: number))
            }
            let abandoned = try #require(ring.reserve(20))
            _ = try #require(ring.reserve(20))
            #expect(ring.commit([1, 2, 3], kind: 7))
            ring.abandon(abandoned)
            let first = try #require(ring.take())
            ring.markDelivered(first.record.ticket)
            ring.release()
            let second = try #require(ring.take())
            let third = try #require(ring.take())
            ring.markDelivered(third.record.ticket)
            delivered = 1
            open = 1
            pending = [second] + ring.takeAll()
            bytes = try Array(Data(contentsOf: URL(filePath: ring.path)))
            // Behind the open reservation.
            pending.append(
                TakenRecord(
                    record: RingRecord(ticket: 0, kind: 7, eventSequence: 12, payloadBytes: 3, extent: 48),
                    payload: [1, 2, 3]))
        }

        var payloads: [[UInt8]] { pending.map(\.payload) }
    }

    @Test("What was committed and not delivered comes again, once; what was not finished is counted")
    func pendingRecordsComeAgain() throws {
        let scene = try Scene()
        let (recovery, records) = try LeftRing().recover(scene.bytes)
        #expect(records.map(\.payload) == scene.payloads)
        #expect(records.dropLast() == scene.pending.dropLast()[...])
        #expect(records.last?.record.eventSequence == scene.pending.last?.record.eventSequence)
        #expect(recovery.replayable == scene.pending.count)
        #expect(recovery.delivered == scene.delivered)
        #expect(recovery.abandoned == scene.open)
        #expect(recovery.damaged == 0 && recovery.unreadableBytes == 0)
    }

    @Test("Whichever bit of the file is flipped, whole records come out, the others are counted")
    func everyFlippedBit() throws {
        let scene = try Scene()
        let whole = scene.payloads
        let interesting = Array(0..<64) + Array(128..<144) + Array(256..<272) + Array(4096..<scene.bytes.count)
        let file = try LeftRing()
        var refused = 0
        for bit in interesting.flatMap({ byte in (0..<8).map { byte * 8 + $0 } }) {
            var damaged = scene.bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let recovery: RingRecovery
            let records: [TakenRecord]
            do {
                (recovery, records) = try file.recover(damaged)
            } catch is RingError {
                refused += 1
                try require(bit < 64 * 8, "refused for bit \(bit)")
                continue
            }
            // Every record that comes out is one that was committed, and none comes twice.
            let found = records.map(\.payload)
            var rest = whole[...]
            for payload in found {
                guard let index = rest.firstIndex(of: payload) else {
                    throw PropertyFailure("bit \(bit): a record that is none of the pending ones")
                }
                rest = rest[(index + 1)...]
            }
            let lost = whole.count - found.count
            let isSeen = recovery.damaged > 0 || recovery.unreadableBytes > 0
            try require(lost == 0 || isSeen, "bit \(bit): \(lost) records lost and nothing said")
            // A content's damage costs its record alone.
            if recovery.unreadableBytes == 0 { try require(lost <= recovery.damaged, "bit \(bit): \(lost) lost") }
        }
        #expect(refused >= 64 * 8 - 20 * 8, "hardly any bit of the header's constants was missed")
    }

    @Test("A file cut anywhere gives the records that are whole in it")
    func everyPrefix() throws {
        let scene = try Scene()
        let file = try LeftRing()
        var greatest = 0
        for length in 0..<RingLayout.headerPageBytes {
            #expect(throws: RingError.self) { try file.recover(Array(scene.bytes[..<length])) }
        }
        for length in RingLayout.headerPageBytes...scene.bytes.count {
            let (recovery, records) = try file.recover(Array(scene.bytes[..<length]))
            let found = records.map(\.payload)
            try require(found == Array(scene.payloads.prefix(found.count)), "length \(length)")
            if length < scene.bytes.count, found.count < scene.payloads.count {
                try require(recovery.damaged > 0 || recovery.unreadableBytes > 0, "length \(length)")
            }
            greatest = max(greatest, found.count)
        }
        #expect(greatest == scene.payloads.count)
    }

    @Test("A damaged payload costs its own record, not those behind it")
    func damagedPayloadCostsItsRecord() throws {
        let scene = try Scene()
        let victim = try #require(scene.pending.first)
        var bytes = scene.bytes
        bytes[4096 + Int(victim.record.ticket) % 1024 + RingLayout.recordHeaderBytes] ^= 1
        let (recovery, records) = try LeftRing().recover(bytes)
        #expect(records.map(\.payload) == Array(scene.payloads.dropFirst()))
        #expect(recovery.damaged == 1)
        #expect(recovery.unreadableBytes == 0)
    }

    @Test("Recovery stops at a record whose header is not whole")
    func stopsAtADamagedHeader() throws {
        let scene = try Scene()
        let victim = try #require(scene.pending.dropFirst().first)
        var bytes = scene.bytes
        bytes[4096 + Int(victim.record.ticket) % 1024 + RingLayout.extentOffset] ^= 16
        let (recovery, records) = try LeftRing().recover(bytes)
        #expect(records.map(\.payload) == Array(scene.payloads.prefix(1)))
        #expect(recovery.unreadableBytes > 0)
    }

    @Test("A second recovery finds what the first has left, and no fault")
    func recoveryIsRepeatable() throws {
        let scene = try Scene()
        let folder = try TemporaryDirectory()
        try Data(scene.bytes).write(to: URL(filePath: folder.appending("left.ring")))
        for round in 0..<3 {
            let directory = try RingDirectory(path: folder.path)
            let recovered = try directory.recover()
            var consumer = RingConsumer(try #require(recovered.rings.first))
            let records = consumer.takeAll()
            // One more is confirmed each time.
            #expect(records.map(\.payload) == Array(scene.payloads.dropFirst(round)))
            let oldest = try #require(records.first)
            consumer.markDelivered(oldest.record.ticket)
            #expect(recovered.total.abandoned == (round == 0 ? scene.open : 0))
            #expect(recovered.total.damaged == 0)
        }
    }
}
