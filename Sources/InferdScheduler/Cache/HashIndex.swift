import InferdBase

/// Finds small numbers by hash: open addressing with linear probing, of fixed size, so that no call
/// ever has to make room.
///
/// Who uses it keeps the hashes and compares what equal hashes stand for. At most half of the places
/// are used, which keeps probing short.
@safe
struct HashIndex: ~Copyable {
    static let empty = UInt32.max

    /// Not private: the compiler must see it wherever an index is destroyed.
    struct Place {
        var hash: UInt64 = 0
        var value = HashIndex.empty
    }

    private var places: FixedArray<Place>
    private let mask: Int
    private(set) var count = 0
    /// Values that fit.
    let capacity: Int

    init(capacity: Int) {
        precondition(capacity > 0 && capacity <= 1 << 28)
        var size = 2
        while size < capacity * 2 { size *= 2 }
        places = FixedArray(count: size) { _ in Place() }
        mask = size - 1
        self.capacity = capacity
    }

    /// The first value under `hash` that `isMatch` accepts.
    func find(_ hash: UInt64, _ isMatch: (UInt32) -> Bool) -> UInt32? {
        var place = home(hash)
        while places[place].value != Self.empty {
            if places[place].hash == hash, isMatch(places[place].value) { return places[place].value }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Adds `value`, which is not in the index yet.
    mutating func insert(_ hash: UInt64, _ value: UInt32) {
        precondition(count < capacity && value != Self.empty)
        var place = home(hash)
        while places[place].value != Self.empty {
            place = (place + 1) & mask
        }
        places[place] = Place(hash: hash, value: value)
        count += 1
    }

    /// Takes `value` out; it must be in the index under `hash`.
    mutating func remove(_ hash: UInt64, _ value: UInt32) {
        var gap = home(hash)
        while places[gap].value != value {
            precondition(places[gap].value != Self.empty)
            gap = (gap + 1) & mask
        }
        // Whoever comes behind and could stand in the gap moves up, so that no search ends too early.
        var place = (gap + 1) & mask
        while places[place].value != Self.empty {
            let distanceFromHome = (place - home(places[place].hash)) & mask
            if distanceFromHome >= (place - gap) & mask {
                places[gap] = places[place]
                gap = place
            }
            place = (place + 1) & mask
        }
        places[gap] = Place()
        count -= 1
    }

    private func home(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash) & mask
    }

    /// Traps when a value could not be found from its hash. `visit` gets each value once.
    func checkInvariants(_ visit: (UInt64, UInt32) -> Void) {
        var seen = 0
        for place in 0...mask where places[place].value != Self.empty {
            seen += 1
            var probe = home(places[place].hash)
            while probe != place {
                precondition(places[probe].value != Self.empty)
                probe = (probe + 1) & mask
            }
            visit(places[place].hash, places[place].value)
        }
        precondition(seen == count)
    }
}
