import Glibc
import InferdBase
import InferdKafka

/// Publishes lines of standard input to a topic, for tests: `inferd-kafka-publish BROKERS TOPIC`. A line holds a
/// key, a tab, and a payload; its number becomes the header `event_id`. Ends when all is delivered, and fails as
/// soon as something is not.
@main
enum Main {
    struct Failure: Error {
        let message: String
    }

    static func main() throws {
        guard CommandLine.arguments.count == 3 else { throw Failure(message: "expected BROKERS and TOPIC") }
        let producer = try KafkaProducer(
            KafkaConfiguration(brokers: CommandLine.arguments[1], topic: CommandLine.arguments[2]))
        var reports: [DeliveryReport] = []
        var published: UInt64 = 0
        while let line = readLine() {
            published += 1
            try producer.produce(message(line, number: published), ticket: published)
            producer.poll(into: &reports, milliseconds: 0)
        }
        while reports.count < published {
            producer.poll(into: &reports, milliseconds: 100)
            if let failed = reports.first(where: { $0.error != nil }) {
                throw Failure(message: "message \(failed.ticket): error \(failed.error?.rawValue ?? 0)")
            }
        }
    }

    private static func message(_ line: String, number: UInt64) -> KafkaMessage {
        let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
        var message = KafkaMessage()
        unsafe message.key.append(Array(parts[0].utf8).span.bytes)
        unsafe message.payload.append(Array((parts.last ?? "").utf8).span.bytes)
        unsafe message.set(.eventID, to: Array(String(number).utf8).span.bytes)
        return message
    }
}
