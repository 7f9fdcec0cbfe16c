import CLinux
import InferdBase
import InferdJournal

/// Commits records over and over on the calling thread, and empties the ring in between without counting that.
struct RingLoop: ~Copyable {
    /// Records between two times that the ring is emptied; they fit it.
    private static let burst = 4_096

    private var producer: RingProducer
    private var consumer: RingConsumer

    init(_ file: RingFile) {
        producer = RingProducer(file)
        consumer = RingConsumer(file)
    }

    /// CPU time of reserving `byteCount` bytes and of what `commit` does with them.
    mutating func nanosecondsPerRecord(
        seconds: Double, byteCount: Int, commit: (inout RingProducer, RingReservation) -> Void
    ) -> Double {
        let end = MonotonicTime.now().advanced(byNanoseconds: UInt64(seconds * 1e9))
        var spent: UInt64 = 0
        var records = 0
        repeat {
            let before = inferd_thread_cpu_ns()
            for _ in 0..<Self.burst {
                guard let reservation = producer.reserve(byteCount: byteCount) else {
                    preconditionFailure("the ring has no room for a burst")
                }
                commit(&producer, reservation)
            }
            spent += inferd_thread_cpu_ns() - before
            records += Self.burst
            empty()
        } while MonotonicTime.now() < end
        return Double(spent) / Double(records)
    }

    private mutating func empty() {
        while let record = consumer.next() {
            consumer.advance(past: record)
            consumer.markDelivered(record.ticket)
        }
        consumer.release()
    }
}
