/// Which blocks of the store are out, and which of their records are settled: delivered or set aside.
///
/// That survives a restart of the drain, so that a record which was delivered does not go out again because
/// others of its block were not.
struct DrainProgress {
    private struct Block {
        let number: UInt64
        var isSettled: [Bool]
        var settledCount = 0

        var isWhole: Bool { settledCount == isSettled.count }
    }

    /// Loaded since the drain began or was restarted; in the order of their numbers.
    private var blocks: [Block] = []
    /// Of before the restart, partly settled, to be loaded again; in the order of their numbers.
    private var earlier: [Block] = []
    /// Of the block loaded last: the next record to be handed out.
    private(set) var loaded: LoadedBlock?
    private(set) var nextIndex = 0
    /// Records settled in blocks that are not.
    private(set) var settledCount = 0

    /// No block is out.
    var isEmpty: Bool { blocks.isEmpty }

    mutating func begin(_ block: LoadedBlock) {
        precondition(loaded == nil && blocks.last.map { $0.number < block.number } ?? true)
        var begun = Block(number: block.number, isSettled: Array(repeating: false, count: block.recordCount))
        while let first = earlier.first, first.number <= block.number {
            earlier.removeFirst()
            if first.number == block.number, first.isSettled.count == block.recordCount {
                begun = first
            } else {
                // The store has it no more.
                settledCount -= first.settledCount
            }
        }
        blocks.append(begun)
        loaded = block.recordCount > 0 ? block : nil
        nextIndex = 0
    }

    /// The record at `nextIndex` was handed out, set aside, or passed over because it is settled.
    mutating func advance() {
        nextIndex += 1
        if let block = loaded, nextIndex == block.recordCount { loaded = nil }
    }

    func isSettled(_ place: StoredPlace) -> Bool {
        blocks.first { $0.number == place.block }?.isSettled[place.index] ?? false
    }

    /// The record was delivered or set aside.
    mutating func settle(_ place: StoredPlace) {
        // Few blocks are out, and the oldest are settled first.
        guard let block = blocks.firstIndex(where: { $0.number == place.block }),
            !blocks[block].isSettled[place.index]
        else { return }
        blocks[block].isSettled[place.index] = true
        blocks[block].settledCount += 1
        settledCount += 1
    }

    /// The last block that is settled as are all before it; it is forgotten with them. Nil: there is none.
    mutating func takeSettled() -> UInt64? {
        let count = blocks.firstIndex { !$0.isWhole } ?? blocks.count
        guard count > 0 else { return nil }
        let last = blocks[count - 1].number
        settledCount -= blocks[..<count].reduce(0) { $0 + $1.settledCount }
        blocks.removeFirst(count)
        return last
    }

    /// All blocks that are out will be loaded again.
    mutating func restart() {
        earlier = blocks + earlier
        blocks.removeAll(keepingCapacity: true)
        loaded = nil
        nextIndex = 0
    }

    func checkInvariants() {
        precondition(settledCount == (blocks + earlier).reduce(0) { $0 + $1.settledCount })
        precondition(zip(blocks, blocks.dropFirst()).allSatisfy { $0.number < $1.number })
        precondition(zip(earlier, earlier.dropFirst()).allSatisfy { $0.number < $1.number })
    }
}
