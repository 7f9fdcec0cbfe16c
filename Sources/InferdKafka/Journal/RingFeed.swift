internal import InferdJournal

/// A ring's consumer, where a list can hold it.
final class RingFeed {
    var consumer: RingConsumer

    init(_ file: RingFile) {
        consumer = RingConsumer(file)
    }
}
