/// What the daemon says of itself.
public struct ServerIntroduction: Hashable, Sendable {
    /// Version of the protocol it speaks.
    public var protocolVersion: UInt32
    /// Its own version, for example `0.1.0`.
    public var serverVersion: String
    /// What it accepts.
    public var limits: ServerLimits

    /// An introduction from its parts.
    public init(protocolVersion: UInt32, serverVersion: String, limits: ServerLimits) {
        self.protocolVersion = protocolVersion
        self.serverVersion = serverVersion
        self.limits = limits
    }
}
