import InferdTestSupport

@testable import InferdJournal

/// A ring beside what it must hold, for steps drawn at random.
struct RingModel {
    private let ring: TestRing
    private var open: [(reservation: RingReservation, bytes: Int)] = []
    /// By reservation in the ring's order: its payload, nil while it is open; abandoned ones are left out.
    private var expected: [(position: UInt64, payload: [UInt8]?)] = []
    private var taken: [TakenRecord] = []
    private var committed: UInt64 = 0

    init(ring: TestRing) {
        self.ring = ring
    }

    mutating func step(using generator: inout SeededGenerator) throws {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0..<4: reserve(using: &generator)
        case 4..<7: try commit(using: &generator)
        case 7: abandon(using: &generator)
        case 8..<10: try take()
        case 10: deliver(using: &generator)
        default: ring.release()
        }
        ring.checkInvariants()
    }

    private mutating func reserve(using generator: inout SeededGenerator) {
        let bytes = Int.random(in: 0...120, using: &generator)
        guard let reservation = ring.reserve(bytes) else { return }
        open.append((reservation, bytes))
        expected.append((reservation.position, nil))
    }

    private mutating func removeOpen(
        using generator: inout SeededGenerator
    ) -> (reservation: RingReservation, bytes: Int)? {
        open.isEmpty ? nil : open.remove(at: .random(in: 0..<open.count, using: &generator))
    }

    private mutating func commit(using generator: inout SeededGenerator) throws {
        guard let (reservation, bytes) = removeOpen(using: &generator) else { return }
        let payload = (0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        committed += 1
        try require(ring.nextEventSequence == committed, "sequence")
        ring.commit(reservation, payload)
        let index = try unwrap(expected.firstIndex { $0.position == reservation.position }, "the reservation")
        expected[index].payload = payload
    }

    private mutating func abandon(using generator: inout SeededGenerator) {
        guard let (reservation, _) = removeOpen(using: &generator) else { return }
        ring.abandon(reservation)
        expected.removeAll { $0.position == reservation.position }
    }

    private mutating func take() throws {
        guard let record = ring.take() else {
            try require(expected.first?.payload == nil, "a committed record is not shown")
            return
        }
        try require(record.payload == expected.first?.payload, "not what was committed")
        expected.removeFirst()
        taken.append(record)
    }

    private mutating func deliver(using generator: inout SeededGenerator) {
        guard !taken.isEmpty else { return }
        let record = taken.remove(at: .random(in: 0..<taken.count, using: &generator))
        ring.markDelivered(record.record.ticket)
    }

    private func unwrap<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else { throw PropertyFailure("\(name) is missing") }
        return value
    }
}
