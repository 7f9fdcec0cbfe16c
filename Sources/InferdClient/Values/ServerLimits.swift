/// What the daemon accepts; 0: not stated.
public struct ServerLimits: Hashable, Sendable {
    /// Bytes of a frame's message, uncompressed.
    public var frameBytes: UInt64 = 0
    /// Requests in flight on one connection.
    public var inFlightPerConnection: UInt32 = 0
    /// Points of a history.
    public var historyPoints: UInt32 = 0
    /// Channels of a history.
    public var channels: UInt32 = 0
    /// Steps of a forecast.
    public var horizon: UInt32 = 0
    /// Quantiles of a forecast.
    public var quantiles: UInt32 = 0
    /// Deadline of a request that names none, in milliseconds.
    public var defaultTimeoutMilliseconds: UInt32 = 0

    /// Limits with nothing stated.
    public init() {}
}
