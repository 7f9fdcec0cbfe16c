/// Record headers, as they stand in a ring's memory.
extension RingMemory {
    func offset(of position: UInt64) -> Int {
        Int(truncatingIfNeeded: position) & (capacity - 1)
    }

    /// Writes the header of a record that holds no event yet. The record is not the consumer's to see before
    /// the tail has passed it.
    func writeHeader(_ state: RingRecordState, position: UInt64, extent: Int) {
        let offset = offset(of: position)
        store(state.rawValue, at: offset + RingLayout.stateOffset)
        store(UInt32(extent), at: offset + RingLayout.extentOffset)
        store(position, at: offset + RingLayout.positionOffset)
        store(0 as UInt64, at: offset + RingLayout.eventSequenceOffset)
        store(0 as UInt32, at: offset + RingLayout.byteCountOffset)
        store(0 as UInt32, at: offset + RingLayout.payloadCheckOffset)
        store(headerCheck(at: offset), at: offset + RingLayout.headerCheckOffset)
        store(0 as UInt32, at: offset + RingLayout.kindOffset)
    }

    /// Covers what never changes while the record lives: extent and position.
    func headerCheck(at offset: Int) -> UInt32 {
        checksum(
            at: offset + RingLayout.extentOffset, count: RingLayout.eventSequenceOffset - RingLayout.extentOffset,
            after: identityCheck)
    }

    func extent(at offset: Int) -> Int {
        Int(load(at: offset + RingLayout.extentOffset, as: UInt32.self))
    }

    /// The extent of the record at `position`, or nil when no record that was written there by this ring's
    /// producer stands there.
    func validatedExtent(position: UInt64) -> Int? {
        let offset = offset(of: position)
        let room = capacity - offset
        guard room >= RingLayout.recordHeaderBytes else { return nil }
        let extent = extent(at: offset)
        guard extent >= RingLayout.recordHeaderBytes, extent <= room, extent % RingLayout.alignment == 0,
            load(at: offset + RingLayout.positionOffset, as: UInt64.self) == position,
            load(at: offset + RingLayout.headerCheckOffset, as: UInt32.self) == headerCheck(at: offset)
        else { return nil }
        return extent
    }

    /// Completes a record's header: what `payloadCheck` covers, and the check itself.
    func writeContent(kind: UInt8, eventSequence: UInt64, byteCount: Int, at offset: Int) {
        store(eventSequence, at: offset + RingLayout.eventSequenceOffset)
        store(UInt32(byteCount), at: offset + RingLayout.byteCountOffset)
        store(UInt32(kind), at: offset + RingLayout.kindOffset)
        store(payloadCheck(byteCount: byteCount, at: offset), at: offset + RingLayout.payloadCheckOffset)
    }

    /// Covers event sequence and length, kind, and the payload.
    func payloadCheck(byteCount: Int, at offset: Int) -> UInt32 {
        let content = checksum(
            at: offset + RingLayout.eventSequenceOffset,
            count: RingLayout.payloadCheckOffset - RingLayout.eventSequenceOffset, after: 0)
        // The kind stands right before the payload.
        return checksum(
            at: offset + RingLayout.kindOffset,
            count: RingLayout.recordHeaderBytes - RingLayout.kindOffset + byteCount, after: content)
    }

    /// Whether the committed record at `offset`, of a validated extent, is whole.
    func hasWholePayload(extent: Int, at offset: Int) -> Bool {
        let byteCount = Int(load(at: offset + RingLayout.byteCountOffset, as: UInt32.self))
        return byteCount <= extent - RingLayout.recordHeaderBytes
            && load(at: offset + RingLayout.payloadCheckOffset, as: UInt32.self)
                == payloadCheck(byteCount: byteCount, at: offset)
    }

    /// The committed record at `position`.
    func record(position: UInt64) -> RingRecord {
        let offset = offset(of: position)
        return RingRecord(
            ticket: position,
            kind: UInt8(truncatingIfNeeded: load(at: offset + RingLayout.kindOffset, as: UInt32.self)),
            eventSequence: load(at: offset + RingLayout.eventSequenceOffset, as: UInt64.self),
            payloadBytes: Int(load(at: offset + RingLayout.byteCountOffset, as: UInt32.self)),
            extent: extent(at: offset))
    }
}
