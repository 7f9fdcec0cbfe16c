/// Why librdkafka refused or failed, in its own words.
package struct KafkaError: Error, Hashable, Sendable {
    /// librdkafka's number, as `rd_kafka_resp_err_t` counts.
    package let code: Int32
    package let message: String

    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }
}
