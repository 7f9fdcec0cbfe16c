/// Recovery of a ring whose producer is gone. Only the caller may use the ring meanwhile.
extension RingMemory {
    /// Walks the records from the head on, and leaves behind a ring of which each record is delivered,
    /// padding, or committed and whole. What was found is counted once: a second walk finds no fault.
    ///
    /// The walk ends where no record of this ring stands, not at the tail: a record's check covers its
    /// position, so that what an earlier lap has left is none. That finds records which the tail, should it
    /// have come to harm, would hide.
    /// - Returns: nil, and nothing has changed, when nothing tells where the ring begins.
    func recover() -> RingRecovery? {
        guard let head = trustworthyHead() else { return nil }
        var recovery = RingRecovery()
        let tail = loadTail()
        let end = head + UInt64(capacity)
        var position = head
        while position < end, let extent = validatedExtent(position: position),
            position + UInt64(extent) <= end
        {
            settle(at: offset(of: position), extent: extent, counting: &recovery)
            position += UInt64(extent)
        }
        if tail < head || tail > end {
            // Nothing tells how far the ring went.
            recovery.unreadableBytes = Int(end - position)
        } else if tail > position {
            recovery.unreadableBytes = Int(tail - position)
        }
        leave(head: head, tail: position, committed: UInt64(recovery.replayable))
        return recovery
    }

    /// Where the walk begins; nil when neither copy of the head can be one.
    ///
    /// The copies differ when the process ended between the writes of the two, or when one came to harm. The
    /// lower is right if a record of this ring begins there: were it too low, then what is delivered stands
    /// between it and the other.
    private func trustworthyHead() -> UInt64? {
        let copies = [loadHead(), loadHeadCopy()].filter {
            // The bound is beyond any real ring's life.
            $0 % UInt64(RingLayout.alignment) == 0 && $0 < UInt64.max / 2
        }
        guard let lower = copies.min(), let higher = copies.max() else { return nil }
        return validatedExtent(position: lower) == nil ? higher : lower
    }

    private func settle(at offset: Int, extent: Int, counting recovery: inout RingRecovery) {
        switch RingRecordState(rawValue: loadState(at: offset)) {
        case .delivered:
            recovery.delivered += 1
        case .padding:
            break
        case .committed where hasWholePayload(extent: extent, at: offset):
            recovery.replayable += 1
        case .reserved:
            recovery.abandoned += 1
            storeState(RingRecordState.padding.rawValue, at: offset)
        case .committed, nil:
            recovery.damaged += 1
            storeState(RingRecordState.padding.rawValue, at: offset)
        }
    }

    private func leave(head: UInt64, tail: UInt64, committed: UInt64) {
        storeHead(head)
        storeTail(tail)
        storeCommittedCount(committed)
    }
}
