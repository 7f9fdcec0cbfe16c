/// Which blocks of the store are out, and how much of each is settled.
struct DrainProgress {
    private struct Block {
        let number: UInt64
        var unsettled: Int
    }

    /// In the order of their numbers.
    private var blocks: [Block] = []
    /// Of the block loaded last: the next record to be handed out.
    private(set) var loaded: LoadedBlock?
    private(set) var nextIndex = 0

    var isEmpty: Bool { blocks.isEmpty }

    mutating func begin(_ block: LoadedBlock) {
        precondition(loaded == nil && blocks.last.map { $0.number < block.number } ?? true)
        blocks.append(Block(number: block.number, unsettled: block.recordCount))
        loaded = block.recordCount > 0 ? block : nil
        nextIndex = 0
    }

    /// The record at `nextIndex` was handed out or set aside.
    mutating func advance() {
        nextIndex += 1
        if let block = loaded, nextIndex == block.recordCount { loaded = nil }
    }

    /// A record of the block was delivered or set aside.
    mutating func settle(block number: UInt64) {
        // Few blocks are out, and the oldest are settled first.
        guard let place = blocks.firstIndex(where: { $0.number == number }) else { return }
        blocks[place].unsettled -= 1
        precondition(blocks[place].unsettled >= 0)
    }

    /// The last block that is settled as are all before it; it is forgotten with them. Nil: there is none.
    mutating func takeSettled() -> UInt64? {
        let count = blocks.firstIndex { $0.unsettled > 0 } ?? blocks.count
        guard count > 0 else { return nil }
        let last = blocks[count - 1].number
        blocks.removeFirst(count)
        return last
    }

    mutating func removeAll() {
        blocks.removeAll(keepingCapacity: true)
        loaded = nil
        nextIndex = 0
    }
}
