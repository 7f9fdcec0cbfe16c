package import InferdBase

/// Deadlines of up to `capacity` numbered items, each set, withdrawn and expired in constant time.
///
/// A wheel of 1,024 buckets one tick of a millisecond wide; a deadline further away than one turn
/// stays in its bucket until the turn that reaches it. An item never expires early, and at most one
/// tick late if `expire` is called on time.
package struct TimerWheel: ~Copyable {
    private static let bucketCount = 1024
    private static let tickNanoseconds: UInt64 = 1_000_000
    private static let none = UInt32.max

    private struct Item {
        var next = TimerWheel.none
        var previous = TimerWheel.none
        var bucket = TimerWheel.none
        /// The tick at whose start the deadline has passed.
        var tick: UInt64 = 0
    }

    private var items: [Item]
    private var firsts: [UInt32]
    /// One bit for each bucket that holds an item.
    private var occupied: [UInt64]
    /// Every item of an earlier tick has been expired.
    private var currentTick: UInt64
    package private(set) var count = 0

    package init(capacity: Int, now: MonotonicTime) {
        precondition(capacity > 0 && capacity < Int(UInt32.max))
        items = Array(repeating: Item(), count: capacity)
        firsts = Array(repeating: Self.none, count: Self.bucketCount)
        occupied = Array(repeating: 0, count: Self.bucketCount / 64)
        currentTick = now.nanoseconds / Self.tickNanoseconds
    }

    func isSet(_ item: UInt32) -> Bool {
        items[Int(item)].bucket != Self.none
    }

    /// Sets `item`'s deadline, which it must not have yet.
    package mutating func set(_ item: UInt32, deadline: MonotonicTime) {
        let index = Int(item)
        precondition(items[index].bucket == Self.none)
        // Rounded up, so that the deadline has passed when its tick comes; never behind the wheel.
        let tick = max(deadline.nanoseconds / Self.tickNanoseconds + 1, currentTick + 1)
        let bucket = Int(tick % UInt64(Self.bucketCount))
        items[index] = Item(next: firsts[bucket], previous: Self.none, bucket: UInt32(bucket), tick: tick)
        if firsts[bucket] != Self.none {
            items[Int(firsts[bucket])].previous = item
        }
        firsts[bucket] = item
        occupied[bucket / 64] |= 1 << UInt64(bucket % 64)
        count += 1
    }

    /// Withdraws `item`'s deadline if it has one.
    package mutating func clear(_ item: UInt32) {
        let index = Int(item)
        let bucket = Int(items[index].bucket)
        if items[index].bucket == Self.none { return }
        let next = items[index].next
        let previous = items[index].previous
        if previous == Self.none {
            firsts[bucket] = next
            if next == Self.none {
                occupied[bucket / 64] &= ~(1 << UInt64(bucket % 64))
            }
        } else {
            items[Int(previous)].next = next
        }
        if next != Self.none {
            items[Int(next)].previous = previous
        }
        items[index] = Item()
        count -= 1
    }

    /// Takes one item whose deadline has passed at `now`; nil when there is none left.
    ///
    /// However long ago the last call was, each bucket that holds an item is looked at once at most.
    package mutating func expire(now: MonotonicTime) -> UInt32? {
        let nowTick = now.nanoseconds / Self.tickNanoseconds
        if nowTick <= currentTick { return nil }
        // After one whole turn every bucket has been seen, and what is left in them is not due.
        let last = min(nowTick, currentTick + UInt64(Self.bucketCount))
        while let tick = nextOccupied(after: currentTick), tick <= last {
            var item = firsts[Int(tick % UInt64(Self.bucketCount))]
            while item != Self.none {
                // An item of a later turn of the wheel stays.
                if items[Int(item)].tick <= nowTick {
                    clear(item)
                    return item
                }
                item = items[Int(item)].next
            }
            currentTick = tick
        }
        currentTick = nowTick
        return nil
    }

    /// The first tick after `tick`, within one turn, whose bucket holds an item.
    private func nextOccupied(after tick: UInt64) -> UInt64? {
        let start = Int((tick + 1) % UInt64(Self.bucketCount))
        var distance = 0
        while distance < Self.bucketCount {
            let bucket = (start + distance) % Self.bucketCount
            let word = occupied[bucket / 64] >> UInt64(bucket % 64)
            if word != 0 {
                return tick + 1 + UInt64(distance + word.trailingZeroBitCount)
            }
            distance += 64 - bucket % 64
        }
        return nil
    }

    /// Milliseconds from `now` until `expire` may have something to give, rounded up; nil when no
    /// deadline is set. At most one turn of the wheel, so that a sleeper looks again in time.
    package func millisecondsUntilNext(now: MonotonicTime) -> Int? {
        guard let dueTick = nextOccupied(after: currentTick) else { return nil }
        let nowTick = now.nanoseconds / Self.tickNanoseconds
        return dueTick <= nowTick ? 0 : Int(dueTick - nowTick)
    }

    /// Traps when lists, bits and count contradict each other.
    package func checkInvariants() {
        var seen = 0
        for bucket in 0..<Self.bucketCount {
            let bit = occupied[bucket / 64] >> UInt64(bucket % 64) & 1
            precondition((firsts[bucket] != Self.none) == (bit == 1))
            var previous = Self.none
            var item = firsts[bucket]
            while item != Self.none {
                let entry = items[Int(item)]
                precondition(entry.bucket == UInt32(bucket) && entry.previous == previous)
                precondition(entry.tick > currentTick && Int(entry.tick % UInt64(Self.bucketCount)) == bucket)
                seen += 1
                precondition(seen <= items.count)
                previous = item
                item = entry.next
            }
        }
        precondition(seen == count)
    }
}
