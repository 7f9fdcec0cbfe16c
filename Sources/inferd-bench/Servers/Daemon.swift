import InferdBase

/// A running daemon and where it listens.
struct Daemon {
    let process: ChildProcess
    let unix: Endpoint
    let tcp: Endpoint
    /// From exec to the line that says it is ready.
    let secondsToReady: Double

    func endpoint(_ transport: Transport) -> Endpoint {
        transport == .unix ? unix : tcp
    }
}
