import Glibc

/// Why the daemon cannot start, as one sentence that says what to do about it.
package struct ServerError: Error, Equatable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    static func system(_ what: String, errno code: Int32) -> ServerError {
        let reason = unsafe String(cString: strerror(code))
        return ServerError("\(what): \(reason)")
    }

    package var description: String { message }
}

/// Closes a descriptor of ours; there is nothing to be done about a failure.
func closeDescriptor(_ descriptor: Int32) {
    _ = Glibc.close(descriptor)
}
