/// Kinds of refusal; gRPC's status codes with their numbers.
public enum RefusalCode: Hashable, Sendable {
    /// The request was withdrawn.
    case cancelled
    /// The request can never succeed as it stands.
    case invalidArgument
    /// The deadline passed before the answer was ready.
    case deadlineExceeded
    /// No such model or version.
    case notFound
    /// A queue or limit is full; try again later.
    case resourceExhausted
    /// Well formed, but this model cannot serve it.
    case failedPrecondition
    /// A defect of the daemon.
    case `internal`
    /// Draining or not ready; try another instance.
    case unavailable
    /// A token is required and was not given.
    case unauthenticated
    /// A number this version does not know.
    case other(UInt32)

    /// The code of gRPC's number.
    public init(number: UInt32) {
        self =
            switch number {
            case 1: .cancelled
            case 3: .invalidArgument
            case 4: .deadlineExceeded
            case 5: .notFound
            case 8: .resourceExhausted
            case 9: .failedPrecondition
            case 13: .internal
            case 14: .unavailable
            case 16: .unauthenticated
            default: .other(number)
            }
    }

    /// gRPC's number.
    public var number: UInt32 {
        switch self {
        case .cancelled: 1
        case .invalidArgument: 3
        case .deadlineExceeded: 4
        case .notFound: 5
        case .resourceExhausted: 8
        case .failedPrecondition: 9
        case .internal: 13
        case .unavailable: 14
        case .unauthenticated: 16
        case .other(let number): number
        }
    }
}

extension RefusalCode: CustomStringConvertible {
    /// The name in logs and messages, for example `INVALID_ARGUMENT`.
    public var description: String {
        switch self {
        case .cancelled: "CANCELLED"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .internal: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .unauthenticated: "UNAUTHENTICATED"
        case .other(let number): "STATUS_\(number)"
        }
    }
}
