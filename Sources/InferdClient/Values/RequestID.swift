/// Names one request on its connection.
public struct RequestID: Hashable, Sendable {
    /// The number on the wire; never 0.
    public let rawValue: UInt64

    init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }
}
