/// The producer's side of a ring: its rules, whatever the memory.
///
/// Of the words shared with the consumer it writes the tail and, until a record is committed, the record's
/// state; it reads the head.
struct RingProducerState<Memory: RingMemory>: ~Copyable {
    let memory: Memory
    /// Where the next record begins; what the shared tail says.
    private var tail: UInt64
    /// The shared head as it was last seen: reading it costs a cache line that the consumer writes.
    private var knownHead: UInt64
    private var committedCount: UInt64 = 0

    init(_ memory: Memory) {
        self.memory = memory
        tail = memory.loadTail()
        knownHead = memory.loadHead()
    }

    /// What the next commit gives its record.
    var nextEventSequence: UInt64 { committedCount + 1 }

    mutating func reserve(byteCount: Int) -> RingReservation? {
        precondition(byteCount >= 0)
        guard byteCount <= RingLayout.maximumPayloadBytes(capacity: memory.capacity) else { return nil }
        var extent = RingLayout.extent(payload: byteCount)
        let room = memory.capacity - memory.offset(of: tail)
        var padding = 0
        if extent > room {
            padding = room
        } else if room - extent < RingLayout.recordHeaderBytes {
            // The rest would be too small for the header of the padding that must fill it.
            extent = room
        }
        let position = tail + UInt64(padding)
        let end = position + UInt64(extent)
        guard hasRoom(upTo: end) else { return nil }
        if padding > 0 {
            memory.writeHeader(.padding, position: tail, extent: padding)
        }
        memory.writeHeader(.reserved, position: position, extent: extent)
        tail = end
        // Pairs with the consumer's `loadTail`: it sees the headers just written.
        memory.storeTail(end)
        return RingReservation(position: position, extent: extent)
    }

    private mutating func hasRoom(upTo end: UInt64) -> Bool {
        let capacity = UInt64(memory.capacity)
        if end - knownHead <= capacity { return true }
        // Pairs with the consumer's `storeHead`: it has looked at the records before it for the last time.
        knownHead = memory.loadHead()
        return end - knownHead <= capacity
    }

    mutating func commit(_ reservation: RingReservation, kind: UInt8, byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= reservation.payloadBytes)
        let offset = unfinishedOffset(reservation)
        memory.writeContent(kind: kind, eventSequence: nextEventSequence, byteCount: byteCount, at: offset)
        committedCount += 1
        memory.storeCommittedCount(committedCount)
        // Pairs with the consumer's `loadState`: it sees the payload.
        memory.storeState(RingRecordState.committed.rawValue, at: offset)
    }

    mutating func abandon(_ reservation: RingReservation) {
        // Pairs with the consumer's `loadState`: our last access to the record comes before it is freed.
        memory.storeState(RingRecordState.padding.rawValue, at: unfinishedOffset(reservation))
    }

    func payloadOffset(of reservation: RingReservation) -> Int {
        unfinishedOffset(reservation) + RingLayout.recordHeaderBytes
    }

    /// Traps when the reservation was finished before, or is none of this ring: that would overwrite an
    /// event.
    private func unfinishedOffset(_ reservation: RingReservation) -> Int {
        let offset = memory.offset(of: reservation.position)
        precondition(
            reservation.position < tail
                && memory.load(at: offset + RingLayout.positionOffset, as: UInt64.self) == reservation.position
                && memory.load(at: offset + RingLayout.stateOffset, as: UInt32.self)
                    == RingRecordState.reserved.rawValue,
            "a reservation is finished once, by the producer that gave it")
        return offset
    }

    /// Traps when the producer's words contradict each other.
    func checkInvariants() {
        precondition(memory.loadTail() == tail)
        precondition(knownHead <= tail && tail - knownHead <= UInt64(memory.capacity))
        precondition(tail % UInt64(RingLayout.alignment) == 0)
        let room = memory.capacity - memory.offset(of: tail)
        precondition(room >= RingLayout.recordHeaderBytes)
        precondition(memory.loadCommittedCount() == committedCount)
    }
}

extension RingProducerState: Sendable where Memory: Sendable {}
