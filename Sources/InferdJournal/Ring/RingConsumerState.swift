/// The consumer's side of a ring: its rules, whatever the memory.
///
/// Of the words shared with the producer it writes the head and, once a record is committed, the record's
/// state; it reads the tail.
struct RingConsumerState<Memory: RingMemory>: ~Copyable {
    let memory: Memory
    /// Where what is not freed begins; what the shared head says.
    private(set) var head: UInt64
    /// Where the next record to be looked at begins. The records between head and cursor were taken, or hold
    /// nothing.
    private(set) var cursor: UInt64
    /// The shared tail as it was last seen: reading it costs a cache line that the producer writes.
    private var knownTail: UInt64
    private(set) var deliveredCount: UInt64 = 0

    init(_ memory: Memory) {
        self.memory = memory
        head = memory.loadHead()
        cursor = head
        knownTail = head
    }

    mutating func next() -> RingRecord? {
        while hasMore() {
            let offset = memory.offset(of: cursor)
            // Pairs with the producer's `storeState` in `commit` and `abandon`.
            switch RingRecordState(rawValue: memory.loadState(at: offset)) {
            case .reserved: return nil
            case .committed: return memory.record(position: cursor)
            case .delivered, .padding: cursor += UInt64(memory.extent(at: offset))
            case nil: preconditionFailure("a record of a live ring was overwritten")
            }
        }
        return nil
    }

    private mutating func hasMore() -> Bool {
        if cursor < knownTail { return true }
        // Pairs with the producer's `storeTail`.
        knownTail = memory.loadTail()
        return cursor < knownTail
    }

    func payloadOffset(of record: RingRecord) -> Int {
        precondition(record.ticket >= head, "the record's room was given back")
        return memory.offset(of: record.ticket) + RingLayout.recordHeaderBytes
    }

    mutating func advance(past record: RingRecord) {
        precondition(record.ticket == cursor, "records are taken in order")
        cursor += UInt64(record.extent)
    }

    mutating func rewind() {
        cursor = head
    }

    @discardableResult
    mutating func markDelivered(_ ticket: UInt64) -> Bool {
        // A record that was freed has been confirmed before; its bytes may be another's by now.
        guard ticket >= head else { return false }
        precondition(ticket < knownTail, "only what was read can be delivered")
        let offset = memory.offset(of: ticket)
        guard memory.load(at: offset + RingLayout.stateOffset, as: UInt32.self) == RingRecordState.committed.rawValue
        else { return false }
        memory.storeState(RingRecordState.delivered.rawValue, at: offset)
        deliveredCount += 1
        return true
    }

    @discardableResult
    mutating func release() -> Int {
        var position = head
        while position < cursor {
            let offset = memory.offset(of: position)
            let state = memory.load(at: offset + RingLayout.stateOffset, as: UInt32.self)
            if state == RingRecordState.committed.rawValue { break }
            position += UInt64(memory.extent(at: offset))
        }
        let freed = Int(position - head)
        if freed > 0 {
            head = position
            // Pairs with the producer's `loadHead`: from here on the bytes are its own.
            memory.storeHead(position)
        }
        return freed
    }

    /// Bytes between head and tail.
    var pendingBytes: Int { Int(memory.loadTail() - head) }

    /// Records committed and not delivered.
    var pendingCount: UInt64 { memory.loadCommittedCount() - deliveredCount }

    /// Traps when the consumer's words contradict each other.
    func checkInvariants() {
        precondition(memory.loadHead() == head)
        precondition(head <= cursor && cursor <= knownTail)
        precondition(knownTail - head <= UInt64(memory.capacity))
        precondition(deliveredCount <= memory.loadCommittedCount())
    }
}

extension RingConsumerState: Sendable where Memory: Sendable {}
