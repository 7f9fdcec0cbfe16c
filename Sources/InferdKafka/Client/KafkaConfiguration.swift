/// Where and how events are published.
package struct KafkaConfiguration: Sendable {
    /// `host:port`, with commas between them.
    package var brokers: String
    package var topic: String
    /// librdkafka's properties, over those of `defaults`. One whose name ends in `_file` stands for the property
    /// without that ending, with the file's content as its value.
    package var properties: [String: String]

    package init(brokers: String, topic: String, properties: [String: String] = [:]) {
        self.brokers = brokers
        self.topic = topic
        self.properties = properties
    }

    /// Bytes of messages that wait in the producer or are under way.
    package static let queueKibibytes = 16 << 10

    /// What holds unless configured otherwise.
    static let defaults: [String: String] = [
        "client.id": "inferd",
        "enable.idempotence": "true",
        "acks": "all",
        "compression.codec": "lz4",
        "queue.buffering.max.kbytes": String(queueKibibytes),
        // The bound is in bytes; this only bounds what a message costs beside its bytes.
        "queue.buffering.max.messages": "100000",
        "linger.ms": "5",
        // We, not the producer, know when to give up: the publisher takes back what makes no progress.
        "message.timeout.ms": "300000",
        "reconnect.backoff.ms": "100",
        "reconnect.backoff.max.ms": "2000",
        "socket.keepalive.enable": "true",
    ]
}
