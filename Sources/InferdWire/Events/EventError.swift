/// Why bytes are no event.
package struct EventError: Error, Equatable, Sendable {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    init(_ failure: WireFailure) {
        message = failure.message
    }
}
