internal import InferdJournal

extension RingConsumer {
    /// A record's payload, which stays where it is until the record is delivered or the ring's memory unmapped.
    @unsafe
    borrowing func bytes(of record: RingRecord) -> UnsafeRawBufferPointer {
        unsafe payload(of: record).withUnsafeBytes { unsafe $0 }
    }
}
