internal import CRdKafka
internal import InferdBase

/// librdkafka's producer for one topic. Nothing else imports the library, and nothing of it leaves this file.
///
/// It belongs to one thread. The library has threads of its own, which never call us: reports and errors
/// wait in its queue until `poll` fetches them.
@safe
package final class KafkaProducer: MessageProducer {
    private let handle: OpaquePointer
    private let topic: OpaquePointer
    private let events: OpaquePointer
    private var error: KafkaError?
    private var fatalError: KafkaError?

    /// Events fetched by one call of `poll`; more wait for the next.
    private static let eventsPerPoll = 1024

    /// The library's version.
    package static var libraryVersion: String {
        // Sound: a literal of the library's.
        unsafe String(cString: rd_kafka_version_str())
    }

    /// Makes a producer, which begins to look for the brokers; whether they are there is told later.
    package init(_ configuration: KafkaConfiguration) throws(KafkaConfigurationError) {
        let properties = try KafkaProperties(configuration)
        let settings = try unsafe Self.settings(properties)
        // Sound: the library writes into `reason` at most its size, with a NUL, and takes `settings` over if
        // it succeeds.
        var reason = [CChar](repeating: 0, count: 512)
        guard let handle = unsafe rd_kafka_new(RD_KAFKA_PRODUCER, settings, &reason, reason.count) else {
            unsafe rd_kafka_conf_destroy(settings)
            throw .refused(properties.redacted(Self.text(reason)))
        }
        guard let topic = unsafe rd_kafka_topic_new(handle, configuration.topic, nil) else {
            unsafe rd_kafka_destroy(handle)
            throw .refused("there can be no topic of the name \(configuration.topic)")
        }
        unsafe self.handle = handle
        unsafe self.topic = topic
        unsafe events = rd_kafka_queue_get_main(handle)
    }

    /// Ends the producer without waiting for its messages; they are not reported.
    deinit {
        unsafe rd_kafka_queue_destroy(events)
        unsafe rd_kafka_topic_destroy(topic)
        // Otherwise the library would wait for what is under way.
        unsafe rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        unsafe rd_kafka_destroy(handle)
    }

    @unsafe
    private static func settings(_ properties: KafkaProperties) throws(KafkaConfigurationError) -> OpaquePointer {
        guard let settings = unsafe rd_kafka_conf_new() else { throw .refused("librdkafka has no memory left") }
        for (name, value) in properties.values {
            // Sound: the library copies both strings; its own text, which may hold the value, is not asked for.
            let result = unsafe rd_kafka_conf_set(settings, name, value, nil, 0)
            if result == RD_KAFKA_CONF_OK { continue }
            unsafe rd_kafka_conf_destroy(settings)
            throw result == RD_KAFKA_CONF_UNKNOWN ? .unknownProperty(name) : .invalidValue(property: name)
        }
        unsafe rd_kafka_conf_set_events(settings, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
        // The library would write to standard error; what matters comes as an error.
        unsafe rd_kafka_conf_set_log_cb(settings, nil)
        return unsafe settings
    }

    package func produce(_ message: borrowing KafkaMessage, ticket: UInt64) throws(KafkaError) {
        guard let headers = unsafe rd_kafka_headers_new(KafkaMessage.Header.allCases.count) else {
            throw Self.error(.queueFull)
        }
        for header in KafkaMessage.Header.allCases {
            let value = message.value(of: header)
            if value.isEmpty { continue }
            // Sound: the name is a literal with a NUL, the library copies both.
            _ = unsafe value.withUnsafeBytes { bytes in
                header.name.withUTF8Buffer { name in
                    unsafe name.withMemoryRebound(to: CChar.self) { name in
                        unsafe rd_kafka_header_add(
                            headers, name.baseAddress, name.count, bytes.baseAddress, bytes.count)
                    }
                }
            }
        }
        // Without a key the library spreads messages over the partitions.
        // Sound: key and payload are copied before the call returns; the ticket is a number that the library
        // hands back and never follows.
        let code = unsafe message.key.span.withUnsafeBytes { key in
            unsafe message.payload.span.withUnsafeBytes { payload in
                unsafe inferd_kafka_produce(
                    handle, topic, key.isEmpty ? nil : key.baseAddress, key.count, payload.baseAddress, payload.count,
                    headers, UnsafeMutableRawPointer(bitPattern: UInt(ticket)))
            }
        }
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
        unsafe rd_kafka_headers_destroy(headers)
        let error = Self.error(KafkaErrorCode(rawValue: code.rawValue))
        // The reason stands behind it.
        throw error.code == .fatal ? currentFatalError() ?? error : error
    }

    package func poll(into reports: inout [DeliveryReport], milliseconds: Int32) {
        var patience = milliseconds
        for _ in 0..<Self.eventsPerPoll {
            guard let event = unsafe rd_kafka_queue_poll(events, patience) else { return }
            unsafe take(event, into: &reports)
            unsafe rd_kafka_event_destroy(event)
            if !reports.isEmpty || error != nil { patience = 0 }
        }
    }

    @unsafe
    private func take(_ event: OpaquePointer, into reports: inout [DeliveryReport]) {
        switch unsafe rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR:
            // Sound: each message lives until its event is destroyed.
            while let message = unsafe rd_kafka_event_message_next(event) {
                unsafe reports.append(Self.report(message.pointee))
            }
        case RD_KAFKA_EVENT_ERROR:
            let code = unsafe KafkaErrorCode(rawValue: rd_kafka_event_error(event).rawValue)
            let isFatal = unsafe rd_kafka_event_error_is_fatal(event) != 0
            if isFatal || code == .fatal {
                fatalError = currentFatalError() ?? Self.error(code, isFatal: true)
            } else {
                error = Self.error(code)
            }
        default:
            break
        }
    }

    private static func report(_ message: rd_kafka_message_t) -> DeliveryReport {
        let ticket = unsafe UInt64(UInt(bitPattern: message._private))
        let code = unsafe KafkaErrorCode(rawValue: message.err.rawValue)
        return DeliveryReport(ticket: ticket, error: code == .none ? nil : code)
    }

    package func purge() {
        // Cannot fail for a producer with these flags.
        unsafe rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
    }

    package func purgeQueue() {
        unsafe rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE)
    }

    package var outstanding: Int {
        // Counts reports that wait in the queue, too.
        Int(unsafe rd_kafka_outq_len(handle))
    }

    package func takeError() -> KafkaError? {
        if let fatalError { return fatalError }
        defer { error = nil }
        return error
    }

    /// Puts the producer into the state of a fatal error, for tests of what follows.
    package func provokeFatalError() {
        // Sound: the library copies the text.
        unsafe rd_kafka_test_fatal_error(handle, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "provoked")
    }

    private func currentFatalError() -> KafkaError? {
        // Sound: the library writes at most so many bytes, with a NUL.
        var reason = [CChar](repeating: 0, count: 512)
        let code = unsafe rd_kafka_fatal_error(handle, &reason, reason.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(
            code: KafkaErrorCode(rawValue: code.rawValue), message: Self.text(reason), isFatal: true)
    }

    private static func error(_ code: KafkaErrorCode, isFatal: Bool = false) -> KafkaError {
        KafkaError(code: code, message: text(of: code), isFatal: isFatal)
    }

    /// What the library calls an error, in one sentence. It holds nothing of ours.
    static func text(of code: KafkaErrorCode) -> String {
        // Sound: a literal of the library's, or memory of the thread's own for an unknown number.
        unsafe String(cString: rd_kafka_err2str(rd_kafka_resp_err_t(rawValue: code.rawValue)))
    }

    /// The name that the library's documentation has for an error, without its prefix.
    package static func name(of code: KafkaErrorCode) -> String {
        // Sound: as above.
        unsafe String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: code.rawValue)))
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
