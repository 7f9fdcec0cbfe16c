import InferdBase

/// Which computations are in flight, by what they compute, and which requests wait for each: single
/// flight. Requests are numbered records; this only keeps who belongs to whom.
///
/// A leader is the request that is computed. Followers asked for the same while it was, and are answered
/// from its answer. It belongs to one thread.
package struct FlightTable: ~Copyable {
    static let none = UInt32.max

    /// Not private, as `HashIndex.Place`.
    struct Record {
        /// Set while the record leads.
        var key: CacheKey?
        var firstFollower = FlightTable.none
        var followers: UInt32 = 0
        /// Set while the record follows.
        var leader = FlightTable.none
        /// Neighbours among the leader's followers.
        var next = FlightTable.none
        var previous = FlightTable.none
    }

    private var records: FixedArray<Record>
    private var index: HashIndex

    /// - Parameter capacity: numbers of records are less than this.
    package init(capacity: Int) {
        records = FixedArray(count: capacity) { _ in Record() }
        index = HashIndex(capacity: capacity)
    }

    /// Computations that can be joined.
    package var count: Int { index.count }

    /// The record that computes `key`'s answer.
    /// - Parameter isSame: whether the record's body is the same as the one asked for.
    package func leader(of key: CacheKey, isSame: (UInt32) -> Bool) -> UInt32? {
        index.find(key.hash.low) { records[Int($0)].key == key && isSame($0) }
    }

    /// From here on, others may join `record`.
    package mutating func lead(_ record: UInt32, _ key: CacheKey) {
        precondition(records[Int(record)].key == nil && records[Int(record)].leader == Self.none)
        records[Int(record)].key = key
        index.insert(key.hash.low, record)
    }

    /// What `record` computes while it leads.
    package func key(of record: UInt32) -> CacheKey? {
        records[Int(record)].key
    }

    /// Nobody can join `record` any more; its followers stay.
    package mutating func stopLeading(_ record: UInt32) {
        guard let key = records[Int(record)].key else { return }
        index.remove(key.hash.low, record)
        records[Int(record)].key = nil
    }

    /// `follower` waits for the answer of `leader`.
    package mutating func join(_ follower: UInt32, _ leader: UInt32) {
        precondition(records[Int(follower)].leader == Self.none && records[Int(follower)].key == nil)
        let first = records[Int(leader)].firstFollower
        records[Int(follower)].leader = leader
        records[Int(follower)].next = first
        records[Int(follower)].previous = Self.none
        if first != Self.none {
            records[Int(first)].previous = follower
        }
        records[Int(leader)].firstFollower = follower
        records[Int(leader)].followers += 1
    }

    /// The record that `follower` waits for.
    package func leader(of follower: UInt32) -> UInt32? {
        let leader = records[Int(follower)].leader
        return leader == Self.none ? nil : leader
    }

    package func followerCount(_ leader: UInt32) -> Int {
        Int(records[Int(leader)].followers)
    }

    /// `follower` waits no more.
    package mutating func leave(_ follower: UInt32) {
        let record = records[Int(follower)]
        precondition(record.leader != Self.none)
        if record.previous == Self.none {
            records[Int(record.leader)].firstFollower = record.next
        } else {
            records[Int(record.previous)].next = record.next
        }
        if record.next != Self.none {
            records[Int(record.next)].previous = record.previous
        }
        records[Int(record.leader)].followers -= 1
        records[Int(follower)].leader = Self.none
        records[Int(follower)].next = Self.none
        records[Int(follower)].previous = Self.none
    }

    /// Some follower of `leader`, which waits no more; nil when there is none left.
    package mutating func takeFollower(_ leader: UInt32) -> UInt32? {
        let follower = records[Int(leader)].firstFollower
        if follower == Self.none { return nil }
        leave(follower)
        return follower
    }

    /// Traps when lists and index contradict each other.
    package func checkInvariants() {
        index.checkInvariants { hash, record in
            precondition(records[Int(record)].key?.hash.low == hash)
        }
        for record in 0..<records.count {
            var count = 0
            var previous = Self.none
            var follower = records[record].firstFollower
            while follower != Self.none {
                precondition(records[Int(follower)].leader == UInt32(record))
                precondition(records[Int(follower)].previous == previous)
                previous = follower
                follower = records[Int(follower)].next
                count += 1
                precondition(count <= records.count)
            }
            precondition(count == Int(records[record].followers))
        }
    }
}
