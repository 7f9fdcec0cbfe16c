import InferdBase

/// The requests of one connection that hold a record, at most `Limits.inFlightPerConnection`.
struct InFlightTable {
    private var ids = InlineArray<64, UInt64>(repeating: 0)
    private var records = InlineArray<64, UInt32>(repeating: 0)
    private(set) var count = 0

    init() {
        precondition(Limits.inFlightPerConnection <= 64)
    }

    var isFull: Bool { count >= Limits.inFlightPerConnection }

    mutating func add(id: UInt64, record: UInt32) {
        ids[count] = id
        records[count] = record
        count += 1
    }

    mutating func remove(record: UInt32) {
        for place in 0..<count where records[place] == record {
            count -= 1
            ids[place] = ids[count]
            records[place] = records[count]
            return
        }
    }

    func record(at place: Int) -> UInt32 {
        precondition(place < count)
        return records[place]
    }

    func id(at place: Int) -> UInt64 {
        precondition(place < count)
        return ids[place]
    }

    mutating func removeAll() {
        count = 0
    }
}
