import InferdBase
import InferdKafka

/// A producer with what it has told so far.
final class ProducerProbe {
    struct Timeout: Error, CustomStringConvertible {
        let description: String
    }

    let producer: KafkaProducer
    private(set) var reports: [DeliveryReport] = []
    private(set) var errors: [KafkaError] = []

    init(_ brokers: String, topic: String = "events", properties: [String: String] = [:]) throws {
        producer = try KafkaProducer(
            KafkaConfiguration(brokers: brokers, topic: topic, properties: properties))
    }

    func produce(_ payload: String, ticket: UInt64) throws(KafkaError) {
        try producer.produce(KafkaMessage(key: "series", payload: payload), ticket: ticket)
    }

    /// Polls until the condition holds.
    func poll(seconds: UInt64 = 30, until isDone: (ProducerProbe) -> Bool) throws {
        let end = MonotonicTime.now().advanced(byMilliseconds: seconds * 1000)
        while !isDone(self) {
            guard MonotonicTime.now() < end else {
                throw Timeout(description: "after \(seconds) s: reports \(reports), errors \(errors)")
            }
            producer.poll(into: &reports, milliseconds: 20)
            // A fatal error is told each time.
            if let error = producer.takeError(), errors.last != error { errors.append(error) }
        }
    }

    var delivered: [UInt64] { reports.filter { $0.error == nil }.map(\.ticket) }
    func report(of ticket: UInt64) -> DeliveryReport? { reports.first { $0.ticket == ticket } }
}
