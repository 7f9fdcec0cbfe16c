/// What an event's bytes are: the kind of its record in ring and spool.
package enum EventKind: UInt8, Sendable, CaseIterable {
    /// A `PredictionEvent`.
    case prediction = 1
    /// An `AccuracyEvent`.
    case accuracy = 2
}
