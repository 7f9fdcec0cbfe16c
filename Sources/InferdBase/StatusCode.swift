/// The outcome of a request; numbers and meaning are gRPC's, as in `status.proto`.
package enum StatusCode: UInt32, Sendable, CaseIterable {
    case ok = 0
    case cancelled = 1
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case resourceExhausted = 8
    case failedPrecondition = 9
    /// A defect of ours; nothing a caller, a peer or a model can do may lead here.
    case `internal` = 13
    case unavailable = 14
    case unauthenticated = 16

    /// The code's name on the wire and in logs, for example `INVALID_ARGUMENT`.
    package var name: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .internal: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}
