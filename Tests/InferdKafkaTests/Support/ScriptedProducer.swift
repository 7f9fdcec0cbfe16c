import InferdBase
import InferdKafka

/// A producer whose broker does what the test says.
final class ScriptedProducer: MessageProducer {
    /// What becomes of a message.
    enum Answer {
        case delivers
        /// Nothing, until it is taken back.
        case isSilent
        case fails(KafkaErrorCode)
    }

    /// What all producers of a test share.
    final class Broker {
        var answer = Answer.delivers
        /// Texts that get an answer of their own.
        var answers: [String: Answer] = [:]
        /// What `produce` itself says to a text.
        var refusals: [String: KafkaErrorCode] = [:]
        /// Told by the next `takeError` of whichever producer.
        var error: KafkaError?
        var accepted: [String] = []
        var queueLength = 1_000_000
        /// Taken back messages are reported.
        var purges = true
        /// Why no producer can be made.
        var misconfiguration: KafkaConfigurationError?
        var producersMade = 0
    }

    private let broker: Broker
    private var waiting: [(ticket: UInt64, text: String)] = []
    private var isPurging = false
    private var fatalError: KafkaError?

    init(_ broker: Broker) {
        self.broker = broker
    }

    var outstanding: Int { waiting.count }

    func produce(_ message: borrowing KafkaMessage, ticket: UInt64) throws(KafkaError) {
        let text = unsafe message.payload.span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        if let code = broker.refusals[text] { throw KafkaError(code: code, message: "refused") }
        guard waiting.count < broker.queueLength else { throw KafkaError(code: .queueFull, message: "full") }
        waiting.append((ticket, text))
    }

    func poll(into reports: inout [DeliveryReport], milliseconds: Int32) {
        var rest: [(ticket: UInt64, text: String)] = []
        for (ticket, text) in waiting {
            switch isPurging ? .fails(.purgedFromQueue) : broker.answers[text] ?? broker.answer {
            case .delivers:
                broker.accepted.append(text)
                reports.append(DeliveryReport(ticket: ticket))
            case .fails(let code):
                reports.append(DeliveryReport(ticket: ticket, error: code))
            case .isSilent:
                rest.append((ticket, text))
            }
        }
        isPurging = false
        waiting = rest
    }

    func purge() { isPurging = broker.purges }

    /// All is under way at once.
    func purgeQueue() {}

    func takeError() -> KafkaError? {
        defer { broker.error = nil }
        if let error = broker.error, error.isFatal { fatalError = error }
        return fatalError ?? broker.error
    }
}
