/// What a client says of itself.
public struct Introduction: Hashable, Sendable {
    /// Name and version, at most 128 bytes; empty: not given.
    public var clientName: String
    /// At most 4,096 bytes; empty: none.
    public var token: String

    /// An introduction.
    public init(clientName: String = "", token: String = "") {
        self.clientName = clientName
        self.token = token
    }
}
