/// Gives a spool's blocks out again, in order, from where the last drain was confirmed to.
///
/// It belongs to the thread that owns the writer. What was given out and not confirmed is given out again
/// after a restart, so that each record is delivered at least once.
package struct SpoolDrain: ~Copyable {
    private let directory: SpoolDirectory
    private var reader: SpoolReader
    /// Given out or passed, and not confirmed; in order.
    private var unconfirmed: [DrainedBlock] = []

    /// Begins behind what `writer` knows as drained.
    package init<Files: SpoolFiles>(directory: SpoolDirectory, of writer: borrowing SpoolWriter<Files>) {
        self.directory = directory
        reader = SpoolReader(directory: directory, from: writer.drainedThrough + 1)
    }

    /// Blocks given out or passed that are not confirmed.
    package var unconfirmedBlocks: Int { unconfirmed.count }

    /// The next block that is written, in `block`; false: there is none for now.
    ///
    /// A damaged block is passed over; its records are counted as damaged when all before it is confirmed.
    package mutating func next<Files: SpoolFiles>(
        of writer: inout SpoolWriter<Files>, into block: inout SpoolBlock
    ) throws(SpoolError) -> Bool {
        while true {
            switch try reader.next(into: &block, before: writer.nextBlock) {
            case .block:
                unconfirmed.append(
                    DrainedBlock(number: block.number, records: block.records.count, isDamaged: false))
                return true
            case .damaged(let number, let records):
                guard let number else { continue }
                unconfirmed.append(DrainedBlock(number: number, records: records, isDamaged: true))
                settleDamaged(in: &writer)
            case .end:
                return false
            }
        }
    }

    /// All records of the blocks up to number `block` were delivered. Segments of which that holds for every
    /// block are deleted, except the one that is being written.
    ///
    /// Throws when the cursor cannot be written; the confirmation counts all the same, until a restart.
    package mutating func confirm<Files: SpoolFiles>(
        through block: UInt64, in writer: inout SpoolWriter<Files>
    ) throws(SpoolError) {
        let count = unconfirmed.firstIndex { $0.number > block } ?? unconfirmed.count
        for drained in unconfirmed[..<count] { writer.settle(drained) }
        unconfirmed.removeFirst(count)
        settleDamaged(in: &writer)
        do throws(SpoolError) {
            try writer.saveCursor()
        } catch {
            writer.counters.failedUpkeep += 1
            throw error
        }
        writer.deleteDrained()
        writer.checkInvariants()
    }

    /// Nobody will confirm what was not given out.
    private mutating func settleDamaged<Files: SpoolFiles>(in writer: inout SpoolWriter<Files>) {
        let count = unconfirmed.firstIndex { !$0.isDamaged } ?? unconfirmed.count
        for damaged in unconfirmed[..<count] { writer.settle(damaged) }
        unconfirmed.removeFirst(count)
    }

    /// Gives out again what was given out and not confirmed.
    package mutating func restart<Files: SpoolFiles>(of writer: borrowing SpoolWriter<Files>) {
        unconfirmed.removeAll(keepingCapacity: true)
        reader = SpoolReader(directory: directory, from: writer.drainedThrough + 1)
    }
}
