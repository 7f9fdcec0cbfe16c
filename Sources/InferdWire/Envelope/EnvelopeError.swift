package import InferdBase

/// Why a message is not a request.
package struct EnvelopeError: Error, Equatable, Sendable {
    /// The request's id, to answer with; 0 when it could not be read or is given twice.
    package var id: UInt64
    package var error: RequestError

    package init(id: UInt64, error: RequestError) {
        self.id = id
        self.error = error
    }
}
