/// Requests that wait for one model, in the order they are served: two priorities, and within each by
/// fairness between connections. It looks at nothing but its own memory.
///
/// Fairness is start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996): who adds a request gives it
/// a start tag, at least the queue's virtual time and at least the end of its connection's request before;
/// the least tag is served first. A connection with one request thus waits for one request of each other
/// connection at most, however many those have waiting.
package struct FairQueue {
    /// One waiting request.
    package struct Item: Equatable, Sendable {
        package let record: UInt32
        /// In units of work; see `FairClock`.
        package let startTag: UInt64
        /// Order of arrival among equal tags.
        package let sequence: UInt64

        package init(record: UInt32, startTag: UInt64, sequence: UInt64) {
            self.record = record
            self.startTag = startTag
            self.sequence = sequence
        }

        fileprivate func isBefore(_ other: Item) -> Bool {
            startTag == other.startTag ? sequence < other.sequence : startTag < other.startTag
        }
    }

    /// While interactive requests wait, one in so many that are served is a batch request, so that these
    /// do not starve.
    package static let batchShare = 8

    private var interactive: [Item] = []
    private var batch: [Item] = []
    /// Interactive requests served since a batch request had its turn or none waited.
    private var sinceBatch = 0
    /// The last request taken was a batch request that went before interactive ones. Its tag says nothing of
    /// how far those have been served.
    private(set) var wasOutOfTurn = false

    package init() {}

    package var count: Int { interactive.count + batch.count }
    package var isEmpty: Bool { interactive.isEmpty && batch.isEmpty }

    package mutating func insert(_ item: Item, isBatch: Bool) {
        if isBatch {
            Self.push(item, onto: &batch)
        } else {
            Self.push(item, onto: &interactive)
        }
    }

    /// The next to be served.
    package mutating func take() -> Item? {
        wasOutOfTurn = false
        if batch.isEmpty {
            sinceBatch = 0
            return Self.popFirst(&interactive)
        }
        if interactive.isEmpty || sinceBatch >= Self.batchShare - 1 {
            sinceBatch = 0
            wasOutOfTurn = !interactive.isEmpty
            return Self.popFirst(&batch)
        }
        sinceBatch += 1
        return Self.popFirst(&interactive)
    }

    /// Moves batch requests that `isUrgent` now to the interactive ones.
    package mutating func promote(_ isUrgent: (UInt32) -> Bool) {
        var kept: [Item] = []
        for item in batch {
            if isUrgent(item.record) {
                Self.push(item, onto: &interactive)
            } else {
                Self.push(item, onto: &kept)
            }
        }
        batch = kept
    }

    // A binary heap, the least first.

    private static func push(_ item: Item, onto heap: inout [Item]) {
        var place = heap.count
        heap.append(item)
        while place > 0 {
            let parent = (place - 1) / 2
            guard item.isBefore(heap[parent]) else { break }
            heap[place] = heap[parent]
            place = parent
        }
        heap[place] = item
    }

    private static func popFirst(_ heap: inout [Item]) -> Item? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if heap.isEmpty { return first }
        var place = 0
        while true {
            var child = 2 * place + 1
            if child >= heap.count { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(last) else { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = last
        return first
    }

    /// Traps when a heap is out of order.
    package func checkInvariants() {
        for heap in [interactive, batch] {
            for place in heap.indices.dropFirst() {
                precondition(!heap[place].isBefore(heap[(place - 1) / 2]))
            }
        }
        precondition(sinceBatch < Self.batchShare)
    }
}
