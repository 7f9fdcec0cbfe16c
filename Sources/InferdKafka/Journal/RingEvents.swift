internal import InferdBase
package import InferdJournal

/// The events of all rings: those that other lives of the daemon have left, then each worker's by turns.
package struct RingEvents: EventSource, ~Copyable {
    /// A record and the ring it lies in.
    package struct Record: Sendable {
        let ring: Int
        let record: RingRecord
    }

    private var feeds: [RingFeed]
    /// Of `feeds`, the first so many were left by other lives. They come first, as a whole and in order.
    private let recoveredCount: Int
    /// The ring to be looked at first.
    private var turn: Int
    private var emptiedPlaces: Set<Int> = []

    /// Part of a ring in use above which whoever commits may soon find no room: three quarters.
    private static let pressure = (numerator: 3, denominator: 4)

    /// - Parameters:
    ///   - recovered: rings to be emptied.
    ///   - rings: of this process's producers.
    package init(recovered: [RingFile], rings: [RingFile]) {
        feeds = (recovered + rings).map(RingFeed.init)
        recoveredCount = recovered.count
        turn = 0
    }

    /// Recovered rings of which nothing is left to deliver; each is told once, and may be removed.
    package mutating func takeEmptied() -> [RingFile] {
        // Places are part of records' names, and so stay.
        let emptied = (0..<recoveredCount).filter { !emptiedPlaces.contains($0) && isEmptied($0) }
        emptiedPlaces.formUnion(emptied)
        return emptied.map { feeds[$0].consumer.file }
    }

    private func isEmptied(_ place: Int) -> Bool {
        feeds[place].consumer.pendingRecords == 0 && feeds[place].consumer.next() == nil
    }

    package mutating func next() -> Record? {
        for place in 0..<recoveredCount {
            if let record = feeds[place].consumer.next() { return Record(ring: place, record: record) }
        }
        let liveCount = feeds.count - recoveredCount
        for offset in 0..<liveCount {
            let place = recoveredCount + (turn + offset) % liveCount
            if let record = feeds[place].consumer.next() {
                // So that the next call shows the same record.
                turn = place - recoveredCount
                return Record(ring: place, record: record)
            }
        }
        return nil
    }

    @_lifetime(borrow self)
    package func payload(of record: Record) -> RawSpan {
        // Sound: the bytes stay where they are until the record is delivered, and the feed, which keeps the ring
        // mapped, lives as long as this value.
        let span = unsafe RawSpan(_unsafeBytes: feeds[record.ring].consumer.bytes(of: record.record))
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    package func kind(of record: Record) -> UInt8 { record.record.kind }

    /// Whether another life of the daemon has left it.
    func isRecovered(_ record: Record) -> Bool { record.ring < recoveredCount }

    package mutating func advance(past record: Record) {
        feeds[record.ring].consumer.advance(past: record.record)
        if record.ring >= recoveredCount { turn += 1 }
    }

    package mutating func markDelivered(_ record: Record) {
        feeds[record.ring].consumer.markDelivered(record.record.ticket)
    }

    package mutating func rewind() {
        for feed in feeds { feed.consumer.rewind() }
    }

    package mutating func release() {
        for feed in feeds { feed.consumer.release() }
    }

    /// Has what the rings hold written to the disk.
    package func synchronize() throws(RingError) {
        for feed in feeds { try feed.consumer.synchronize() }
    }

    package var pendingRecords: Int { feeds.reduce(0) { $0 + Int($1.consumer.pendingRecords) } }

    package var isPressed: Bool {
        // Nobody commits to a recovered ring.
        feeds[recoveredCount...].contains { feed in
            feed.consumer.pendingBytes
                >= feed.consumer.file.capacity / Self.pressure.denominator * Self.pressure.numerator
        }
    }
}
