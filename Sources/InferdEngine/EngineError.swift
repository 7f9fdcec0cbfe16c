/// Why an engine could not do what it was asked; `message` is one sentence without paths.
package struct EngineError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// The engine's library is missing, or is not one that can be used.
        case libraryUnusable
        /// The model cannot be served: damaged, or of a kind that is not supported.
        case modelRefused
        /// The inputs do not fit the model; the caller's fault.
        case invalidInput
        /// The model ran and failed.
        case failed
        /// The run was ended by `terminate`.
        case terminated
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
