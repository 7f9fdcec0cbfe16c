/// A status other than OK, as the daemon gave it.
public struct Refusal: Error, Hashable, Sendable {
    /// What kind of refusal.
    public var code: RefusalCode
    /// One sentence for a person.
    public var message: String
    /// The part of the request at fault, for example `predict.history.channels[2].values[17]`; empty
    /// when no single part is.
    public var field: String
    /// When a retry may succeed; zero: no advice.
    public var retryAfter: Duration

    /// A refusal with everything it carries.
    public init(code: RefusalCode, message: String, field: String = "", retryAfter: Duration = .zero) {
        self.code = code
        self.message = message
        self.field = field
        self.retryAfter = retryAfter
    }
}

extension Refusal: CustomStringConvertible {
    /// The code's name, the field and the message in one line.
    public var description: String {
        field.isEmpty ? "\(code): \(message)" : "\(code): \(field): \(message)"
    }
}
