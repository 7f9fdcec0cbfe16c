/// Why a request is refused: what its caller is told.
///
/// `message` is one sentence for a person and never holds a file path or an address; `field` is the
/// path of the part at fault, for example `predict.history.channels[2].values[17]`.
package struct RequestError: Error, Equatable, Sendable {
    package var code: StatusCode
    package var message: String
    /// Empty: no single field is at fault.
    package var field: String
    /// 0: no advice on when to retry.
    package var retryAfterMilliseconds: UInt32

    package init(_ code: StatusCode, _ message: String, field: String = "", retryAfterMilliseconds: UInt32 = 0) {
        self.code = code
        self.message = message
        self.field = field
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    package static func invalid(_ field: String, _ message: String) -> RequestError {
        RequestError(.invalidArgument, message, field: field)
    }
}

extension RequestError: CustomStringConvertible {
    package var description: String {
        field.isEmpty ? "\(code.name): \(message)" : "\(code.name): \(field): \(message)"
    }
}
