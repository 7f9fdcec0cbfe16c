/// What can go wrong between a caller and the daemon.
///
/// After `unreachable`, `connectionLost` and `protocolViolation` the connection is of no further use;
/// `refused` and `timedOut` concern one request and leave it working.
public enum ClientError: Error, Hashable, Sendable {
    /// No connection could be made.
    case unreachable(address: ServerAddress, reason: String)
    /// The connection ended while answers were outstanding.
    case connectionLost(reason: String)
    /// No answer came in time; when it comes after all it is dropped.
    case timedOut(after: Duration)
    /// The other side broke the protocol, or speaks another one.
    case protocolViolation(String)
    /// The daemon answered with a status other than OK.
    case refused(Refusal)
    /// The request cannot be put on the wire.
    case invalidRequest(String)
}

extension ClientError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .unreachable(let address, let reason): "cannot reach the daemon at \(address): \(reason)"
        case .connectionLost(let reason): "the connection to the daemon was lost: \(reason)"
        case .timedOut(let limit): "no answer from the daemon within \(limit)"
        case .protocolViolation(let message): "the other side does not speak inferd's protocol: \(message)"
        case .refused(let refusal): "\(refusal)"
        case .invalidRequest(let message): "the request cannot be sent: \(message)"
        }
    }
}
