import InferdBase
import InferdTestSupport
import Testing

@testable import InferdJournal

struct RingTests {
    @Test("What was committed comes out, in order, with its kind and sequence")
    func committedEventsComeOutInOrder() throws {
        let ring = try TestRing()
        for number in 1...3 as ClosedRange<UInt8> {
            #expect(ring.commit([number, 0, number], kind: 10 + number))
        }
        for number in 1...3 as ClosedRange<UInt8> {
            let taken = try #require(ring.take())
            #expect(taken.payload == [number, 0, number])
            #expect(taken.record.kind == 10 + number)
            #expect(taken.record.eventSequence == UInt64(number))
        }
        #expect(ring.take() == nil)
    }

    @Test("A payload may be empty, shorter than reserved, and as long as promised")
    func payloadsOfEveryLength() throws {
        let ring = try TestRing()
        let longest = ring.longestPayload
        for byteCount in [0, 1, 15, 16, 17, longest] {
            let reservation = try #require(ring.reserve(byteCount))
            #expect(reservation.payloadBytes >= byteCount)
            let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
            ring.commit(reservation, bytes)
            let taken = try #require(ring.take())
            #expect(taken.payload == bytes)
            #expect(ring.markDelivered(taken.record.ticket))
            ring.release()
        }
        let spare = try #require(ring.reserve(100))
        ring.commit(spare, [7])
        #expect(ring.take()?.payload == [7])
        #expect(ring.reserve(longest + 1) == nil)
    }

    @Test("The longest payload fits an empty ring wherever it begins")
    func longestPayloadFitsEverywhere() throws {
        for skipped in stride(from: 0, through: 1024, by: 16) {
            let ring = try TestRing()
            for _ in 0..<(skipped / 48) {
                #expect(ring.commit([]))
                let taken = try #require(ring.take())
                ring.markDelivered(taken.record.ticket)
                ring.release()
            }
            let reservation = try #require(
                ring.reserve(ring.longestPayload), "after \(skipped) bytes")
            ring.abandon(reservation)
            ring.checkInvariants()
        }
    }

    @Test("A full ring refuses, and takes again when the oldest was delivered")
    func fullRingRefuses() throws {
        let ring = try TestRing()
        var committed: UInt8 = 0
        while ring.commit(Array(repeating: committed, count: 88)) { committed += 1 }
        // 128 bytes each.
        #expect(committed == 8)
        #expect(ring.pendingBytes == 1024)
        let first = try #require(ring.take())
        #expect(ring.release() == 0)
        #expect(!ring.commit([]))
        ring.markDelivered(first.record.ticket)
        #expect(!ring.commit([]), "delivered is not freed")
        #expect(ring.release() == 128)
        #expect(ring.commit(Array(repeating: 8, count: 88)))
        #expect(ring.takeAll().map(\.payload.first) == (1...8).map { UInt8($0) })
        ring.checkInvariants()
    }

    @Test("Reservations commit in any order, and come out in the order they were made")
    func commitsOutOfOrder() throws {
        let ring = try TestRing()
        let first = try #require(ring.reserve(8))
        let second = try #require(ring.reserve(8))
        let third = try #require(ring.reserve(8))
        ring.commit(third, [3])
        #expect(ring.next() == nil, "the oldest is not finished")
        ring.commit(first, [1])
        #expect(ring.take()?.payload == [1])
        #expect(ring.next() == nil)
        ring.commit(second, [2])
        let rest = ring.takeAll()
        #expect(rest.map(\.payload) == [[2], [3]])
        // Sequences are in the order of the commits.
        #expect(rest.map(\.record.eventSequence) == [3, 1])
    }

    @Test("An abandoned reservation is passed over, freed, and uses no sequence up")
    func abandonedReservationsLeaveNoGap() throws {
        let ring = try TestRing()
        let abandoned = try #require(ring.reserve(100))
        #expect(ring.nextEventSequence == 1)
        #expect(ring.commit([5]))
        ring.abandon(abandoned)
        #expect(ring.nextEventSequence == 2)
        let taken = try #require(ring.take())
        #expect(taken.record.eventSequence == 1)
        ring.markDelivered(taken.record.ticket)
        ring.release()
        #expect(ring.pendingBytes == 0)
        #expect(ring.pendingRecords == 0)
    }

    @Test("Deliveries come in any order, room is freed in the ring's")
    func deliveriesOutOfOrder() throws {
        let ring = try TestRing()
        for number in 0..<3 as Range<UInt8> { #expect(ring.commit([number])) }
        let tickets = ring.takeAll().map(\.record.ticket)
        #expect(ring.pendingRecords == 3)
        #expect(ring.markDelivered(tickets[2]))
        #expect(ring.markDelivered(tickets[1]))
        #expect(ring.release() == 0)
        #expect(ring.pendingRecords == 1)
        #expect(ring.markDelivered(tickets[0]))
        #expect(ring.release() == 3 * 48)
        #expect(ring.pendingRecords == 0)
    }

    @Test("A delivery told twice counts once, also when the room is another's by then")
    func deliveryToldTwice() throws {
        let ring = try TestRing()
        #expect(ring.commit([1]))
        let ticket = try #require(ring.take()).record.ticket
        #expect(ring.markDelivered(ticket))
        #expect(!ring.markDelivered(ticket))
        ring.release()
        while ring.commit(Array(repeating: 9, count: 8)) {}
        #expect(!ring.markDelivered(ticket))
        let pending = ring.pendingRecords
        #expect(UInt64(ring.takeAll().count) == pending)
    }

    @Test("After a rewind all comes again that was not delivered, and nothing else")
    func rewindShowsWhatIsNotDelivered() throws {
        let ring = try TestRing()
        for number in 0..<4 as Range<UInt8> { #expect(ring.commit([number])) }
        let taken = ring.takeAll()
        ring.markDelivered(taken[0].record.ticket)
        ring.markDelivered(taken[2].record.ticket)
        ring.release()
        ring.rewind()
        #expect(ring.takeAll() == [taken[1], taken[3]])
        ring.checkInvariants()
    }

    @Test("Records of every length go round the ring whole, whoever is ahead")
    func recordsOfEveryLengthGoRound() throws {
        try SeedSweep.run("recordsOfEveryLengthGoRound", seeds: 20) { generator in
            var model = try RingModel(ring: TestRing())
            for _ in 0..<2_000 { try model.step(using: &generator) }
        }
    }
}
