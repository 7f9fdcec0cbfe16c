import InferdClient

/// Why a command ends without its result: one line for a person, and the exit status.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    var status: ExitStatus
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    var description: String { message }
}

extension CommandFailure {
    /// What the client met. `address` is named where the daemon does not answer.
    init(_ error: ClientError, at address: ServerAddress) {
        switch error {
        case .unreachable:
            self.init(.unreachable, "\(error)")
        case .connectionLost, .timedOut:
            self.init(.unreachable, "\(address): \(error)")
        case .protocolViolation:
            self.init(.protocol, "\(address): \(error)")
        case .invalidRequest:
            self.init(.data, "\(error)")
        case .refused(let refusal):
            self.init(.refused, Self.sentence(refusal))
        }
    }

    private static func sentence(_ refusal: Refusal) -> String {
        if refusal.code == .unavailable, refusal.field == "model" { return "\(refusal); `inferd-cli models` says why" }
        guard refusal.retryAfter > .zero else { return "\(refusal)" }
        return "\(refusal) (try again in \(Durations.text(refusal.retryAfter)))"
    }
}
