internal import InferdJournal

/// A ring's consumer, where a list can hold it.
final class RingFeed {
    var consumer: RingConsumer

    init(_ file: RingFile) {
        consumer = RingConsumer(file)
    }

    /// A record's payload, which stays where it is until the record is delivered.
    @unsafe
    func bytes(of record: RingRecord) -> UnsafeRawBufferPointer {
        unsafe consumer.payload(of: record).withUnsafeBytes { unsafe $0 }
    }
}
