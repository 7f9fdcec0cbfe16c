/// What takes messages and tells later what became of each: Kafka's producer, or a test's.
///
/// One thread's. None of the calls waits for a broker, but `poll` for as long as it is told to.
package protocol MessageProducer: AnyObject {
    /// Takes a copy of the message. Its delivery is told by `poll` under its ticket, unless this throws:
    /// `queueFull` when there is no room for now, anything else when it will never be taken.
    func produce(_ message: borrowing KafkaMessage, ticket: UInt64) throws(KafkaError)

    /// Appends what has become of messages. Waits up to `milliseconds` for the first to be told, if none is.
    func poll(into reports: inout [DeliveryReport], milliseconds: Int32)

    /// Takes all messages back that are not delivered; each is reported as such. Those that are under way may
    /// arrive all the same.
    func purge()

    /// Takes only those back that are not under way; none of them has arrived.
    func purgeQueue()

    /// Messages taken and not reported.
    var outstanding: Int { get }

    /// The last thing that went wrong apart from a message since the last call; a fatal error is told before
    /// any other, and each time.
    func takeError() -> KafkaError?
}
