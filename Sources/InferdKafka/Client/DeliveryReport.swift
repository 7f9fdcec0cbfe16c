/// What became of one message, told once for each that was taken.
package struct DeliveryReport: Sendable {
    /// As given with the message.
    package let ticket: UInt64
    /// Nil: delivered.
    package let error: KafkaErrorCode?

    package init(ticket: UInt64, error: KafkaErrorCode? = nil) {
        self.ticket = ticket
        self.error = error
    }
}
