import InferdBase
import InferdKafka

extension KafkaMessage {
    /// A message of texts, as tests write them.
    init(key: String, payload: String, headers: [Header: String] = [:]) {
        self.init()
        unsafe self.key.append(Array(key.utf8).span.bytes)
        unsafe self.payload.append(Array(payload.utf8).span.bytes)
        for (header, value) in headers { unsafe set(header, to: Array(value.utf8).span.bytes) }
    }
}
