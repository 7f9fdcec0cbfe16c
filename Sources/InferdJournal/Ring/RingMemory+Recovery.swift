/// Recovery of a ring whose producer is gone. Only the caller may use the ring meanwhile.
extension RingMemory {
    /// Walks the records from the head on, and leaves behind a ring of which each record is delivered,
    /// padding, or committed and whole. What was found is counted once: a second walk finds no fault.
    ///
    /// The walk ends where no record of this ring stands, not at the tail: a record's check covers its
    /// position, so that what an earlier lap has left is none. That finds records which the tail, should it
    /// have come to harm, would hide.
    func recover() -> RingRecovery {
        var recovery = RingRecovery()
        let head = loadHead()
        let tail = loadTail()
        let capacity = UInt64(capacity)
        // Beyond any real ring's life.
        guard head % UInt64(RingLayout.alignment) == 0, head < UInt64.max / 2 else {
            recovery.unreadableBytes = self.capacity
            leave(head: 0, tail: 0, committed: 0)
            return recovery
        }
        var position = head
        while position - head < capacity, let extent = validatedExtent(position: position),
            position - head + UInt64(extent) <= capacity
        {
            settle(at: offset(of: position), extent: extent, counting: &recovery)
            position += UInt64(extent)
        }
        if tail < head || tail - head > capacity {
            // Nothing tells how far the ring went.
            recovery.unreadableBytes = Int(capacity - (position - head))
        } else if tail > position {
            recovery.unreadableBytes = Int(tail - position)
        }
        leave(head: head, tail: position, committed: UInt64(recovery.replayable))
        return recovery
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
