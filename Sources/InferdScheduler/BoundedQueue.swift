import Synchronization

/// A lock-free first-in, first-out queue of small numbers, of fixed capacity, for any number of
/// producers and consumers.
///
/// Each cell carries a sequence number that says whose turn it is: a producer at position `p` may fill
/// the cell when its sequence is `p`, a consumer at `p` may empty it when it is `p + 1`. (Dmitry
/// Vyukov's bounded queue, 1024cores.net, "Bounded MPMC queue".)
@safe
package final class BoundedQueue: @unchecked Sendable {
    private struct Cell: ~Copyable {
        let sequence: Atomic<UInt>
        var value: UInt32

        init(position: UInt) {
            sequence = Atomic(position)
            value = 0
        }
    }

    /// Producers' and consumers' positions, on cache lines of their own: both change with every
    /// element, and processors fetch lines in pairs of 128 bytes.
    private struct Position: ~Copyable {
        let value = Atomic<UInt>(0)
        let padding = InlineArray<15, UInt>(repeating: 0)
    }

    package let capacity: Int
    private let mask: UInt
    private let cells: UnsafeMutablePointer<Cell>
    private let tail = Position()
    private let head = Position()

    /// - Parameter capacity: rounded up to a power of two, at least 2.
    package init(capacity: Int) {
        precondition(capacity > 0 && capacity <= 1 << 30)
        var size = 2
        while size < capacity { size *= 2 }
        self.capacity = size
        mask = UInt(size - 1)
        unsafe cells = .allocate(capacity: size)
        for index in 0..<size {
            unsafe (cells + index).initialize(to: Cell(position: UInt(index)))
        }
    }

    deinit {
        unsafe cells.deinitialize(count: capacity)
        unsafe cells.deallocate()
    }

    /// Adds `value`; false when the queue is full.
    package func push(_ value: UInt32) -> Bool {
        var position = tail.value.load(ordering: .relaxed)
        while true {
            let cell = unsafe cells + Int(position & mask)
            // Pairs with the release in `pop`: the cell is empty again before it is filled.
            let sequence = unsafe cell.pointee.sequence.load(ordering: .acquiring)
            let turn = Int(bitPattern: sequence &- position)
            if turn == 0 {
                let (exchanged, seen) = tail.value.weakCompareExchange(
                    expected: position, desired: position &+ 1, ordering: .relaxed)
                if exchanged {
                    unsafe cell.pointee.value = value
                    // Pairs with the acquire in `pop`: the value is there before it may be taken.
                    unsafe cell.pointee.sequence.store(position &+ 1, ordering: .releasing)
                    return true
                }
                position = seen
            } else if turn < 0 {
                return false
            } else {
                position = tail.value.load(ordering: .relaxed)
            }
        }
    }

    /// Takes the oldest value; nil when the queue is empty.
    package func pop() -> UInt32? {
        var position = head.value.load(ordering: .relaxed)
        while true {
            let cell = unsafe cells + Int(position & mask)
            // Pairs with the release in `push`.
            let sequence = unsafe cell.pointee.sequence.load(ordering: .acquiring)
            let turn = Int(bitPattern: sequence &- (position &+ 1))
            if turn == 0 {
                let (exchanged, seen) = head.value.weakCompareExchange(
                    expected: position, desired: position &+ 1, ordering: .relaxed)
                if exchanged {
                    let value = unsafe cell.pointee.value
                    // Pairs with the acquire in `push`.
                    unsafe cell.pointee.sequence.store(position &+ mask &+ 1, ordering: .releasing)
                    return value
                }
                position = seen
            } else if turn < 0 {
                return nil
            } else {
                position = head.value.load(ordering: .relaxed)
            }
        }
    }

    /// Elements waiting; exact only while nobody pushes or pops.
    package var count: Int {
        let taken = head.value.load(ordering: .relaxed)
        let added = tail.value.load(ordering: .relaxed)
        return max(0, Int(bitPattern: added &- taken))
    }

    /// Traps when the cursors contradict each other. Call only while nobody pushes or pops.
    package func checkInvariants() {
        let taken = head.value.load(ordering: .acquiring)
        let added = tail.value.load(ordering: .acquiring)
        let waiting = Int(bitPattern: added &- taken)
        precondition(waiting >= 0 && waiting <= capacity)
        for offset in 0..<UInt(capacity) {
            let position = taken &+ offset
            let sequence = unsafe cells[Int(position & mask)].sequence.load(ordering: .acquiring)
            precondition(sequence == (offset < UInt(waiting) ? position &+ 1 : position))
        }
    }
}
