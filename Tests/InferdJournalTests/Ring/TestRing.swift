import InferdBase
import InferdTestSupport

@testable import InferdJournal

/// A ring of one kibibyte in a directory of its own, with both its ends. The calls of each are repeated here
/// because an expectation cannot look into what cannot be copied.
final class TestRing {
    static let identity = RingIdentity(
        bootID: BootID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF), producer: 3)

    let folder: TemporaryDirectory
    let path: String
    private var producer: RingProducer
    private var consumer: RingConsumer

    init(capacity: Int = 1024) throws {
        folder = try TemporaryDirectory()
        let directory = try RingDirectory(path: folder.appending("rings"))
        let file = try directory.makeRing(Self.identity, capacity: capacity)
        path = folder.appending("rings/\(file.name)")
        producer = RingProducer(file)
        consumer = RingConsumer(file)
    }

    var longestPayload: Int { producer.maximumPayloadBytes }
    var nextEventSequence: UInt64 { producer.nextEventSequence }

    func reserve(_ byteCount: Int) -> RingReservation? { producer.reserve(byteCount: byteCount) }
    func abandon(_ reservation: RingReservation) { producer.abandon(reservation) }

    func commit(_ reservation: RingReservation, _ payload: [UInt8], kind: UInt8 = 1) {
        producer.commit(reservation, payload, kind: kind)
    }

    /// Reserves and commits; false when the ring is full.
    func commit(_ payload: [UInt8], kind: UInt8 = 1) -> Bool { producer.commit(payload, kind: kind) }

    var pendingBytes: Int { consumer.pendingBytes }
    var pendingRecords: UInt64 { consumer.pendingRecords }

    func next() -> RingRecord? { consumer.next() }
    func take() -> TakenRecord? { consumer.take() }
    func takeAll() -> [TakenRecord] { consumer.takeAll() }
    func rewind() { consumer.rewind() }

    @discardableResult
    func markDelivered(_ ticket: UInt64) -> Bool { consumer.markDelivered(ticket) }

    @discardableResult
    func release() -> Int { consumer.release() }

    func checkInvariants() {
        producer.checkInvariants()
        consumer.checkInvariants()
    }
}

/// A record and a copy of its payload.
struct TakenRecord: Equatable {
    let record: RingRecord
    let payload: [UInt8]
}

extension RingProducer {
    mutating func commit(_ bytes: [UInt8], kind: UInt8 = 1) -> Bool {
        guard let reservation = reserve(byteCount: bytes.count) else { return false }
        commit(reservation, bytes, kind: kind)
        return true
    }

    mutating func commit(_ reservation: RingReservation, _ bytes: [UInt8], kind: UInt8 = 1) {
        var room = payload(of: reservation)
        for (offset, byte) in bytes.enumerated() {
            room.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
        }
        commit(reservation, kind: kind, byteCount: bytes.count)
    }
}

extension RingConsumer {
    mutating func take() -> TakenRecord? {
        guard let record = next() else { return nil }
        let taken = TakenRecord(record: record, payload: bytes(of: record))
        advance(past: record)
        return taken
    }

    /// Takes all there is.
    mutating func takeAll() -> [TakenRecord] {
        var taken: [TakenRecord] = []
        while let record = take() { taken.append(record) }
        return taken
    }

    func bytes(of record: RingRecord) -> [UInt8] {
        let span = payload(of: record)
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
}
