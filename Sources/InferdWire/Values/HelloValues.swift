import InferdBase

/// The daemon's answer to `hello`; the meaning of each field stands in `control.proto`.
package struct HelloValues: Equatable, Sendable {
    package var protocolVersion = Version.wireProtocol
    package var serverVersion = Version.current
    package var frameBytes = UInt64(Limits.defaultFrameBytes)
    package var inFlightPerConnection = UInt32(Limits.inFlightPerConnection)
    package var historyPoints = UInt32(Limits.historyPoints)
    package var channels = UInt32(Limits.channels)
    package var horizon = UInt32(Limits.horizon)
    package var quantiles = UInt32(Limits.quantiles)
    package var defaultTimeoutMilliseconds = Limits.defaultTimeoutMilliseconds

    package init() {}
}
