/// The messages that are out, by their tickets: places in a table that are used again.
struct InFlightTable<Record: Sendable> {
    struct Entry {
        let origin: MessageOrigin<Record>
        let createdMicroseconds: Int64
    }

    private var entries: [Entry?] = []
    private var free: [Int] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The ticket that the next entry gets.
    var nextTicket: UInt64 { UInt64(free.last ?? entries.count) }

    /// Enters a message under `nextTicket`.
    mutating func insert(_ entry: Entry) {
        if let place = free.popLast() {
            entries[place] = entry
        } else {
            entries.append(entry)
        }
        count += 1
    }

    /// Nil: no message of this ticket is out.
    mutating func remove(_ ticket: UInt64) -> Entry? {
        guard let place = Int(exactly: ticket), entries.indices.contains(place), let entry = entries[place] else {
            return nil
        }
        entries[place] = nil
        free.append(place)
        count -= 1
        return entry
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        free.removeAll(keepingCapacity: true)
        count = 0
    }

    func checkInvariants() {
        precondition(count + free.count == entries.count)
    }
}
