package import InferdBase
package import InferdWire

/// What a forecast's event says that its lane does not know. Borrows the request's bytes.
package struct EventHead: ~Escapable {
    package let eventID: EventIdentifier
    package let predictionKey: ContentHash
    /// A W3C trace context; empty: none.
    package let traceparent: RawSpan
    /// The request's encoded history; empty when events do not hold it.
    package let history: RawSpan
    /// Stages so far.
    package let receipt: ReceiptValues
    /// Since the epoch.
    package let createdMicroseconds: Int64

    @_lifetime(copy traceparent, copy history)
    package init(
        eventID: EventIdentifier, predictionKey: ContentHash, traceparent: RawSpan, history: RawSpan,
        receipt: ReceiptValues, createdMicroseconds: Int64
    ) {
        self.eventID = eventID
        self.predictionKey = predictionKey
        self.traceparent = traceparent
        self.history = history
        self.receipt = receipt
        self.createdMicroseconds = createdMicroseconds
    }
}
