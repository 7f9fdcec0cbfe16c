import InferdWire

/// How events are written.
protocol EventFormatter {
    /// What comes before the first event: empty, or lines with their ends.
    var heading: String { get }

    /// An event as lines with their ends; empty when this format has no place for it. Throws when the bytes are
    /// none.
    /// - Parameter deadLetterReason: why it could not be published; empty for every other event.
    func text(of kind: EventKind, _ event: RawSpan, deadLetterReason: String) throws(EventError) -> String
}
