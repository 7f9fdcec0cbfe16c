/// What became of one message, told once for each that was taken.
package struct DeliveryReport: Sendable {
    /// As given with the message.
    package let ticket: UInt64
    /// Nil: delivered.
    package let error: KafkaErrorCode?
    /// A copy of the payload, of a message that is refused for ever; otherwise empty.
    package let payload: [UInt8]

    package init(ticket: UInt64, error: KafkaErrorCode? = nil, payload: [UInt8] = []) {
        self.ticket = ticket
        self.error = error
        self.payload = payload
    }
}
