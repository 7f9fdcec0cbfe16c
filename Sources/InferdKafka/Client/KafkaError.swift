/// Why librdkafka or a broker refused or failed, in librdkafka's own words.
package struct KafkaError: Error, Hashable, Sendable {
    package let code: KafkaErrorCode
    /// Holds no property's value.
    package let message: String
    /// The producer that reported it will never send again.
    package let isFatal: Bool

    package init(code: KafkaErrorCode, message: String, isFatal: Bool = false) {
        self.code = code
        self.message = message
        self.isFatal = isFatal
    }
}
