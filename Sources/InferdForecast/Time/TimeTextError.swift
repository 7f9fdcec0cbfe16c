/// Why a text is no time, step or duration, as one sentence.
package struct TimeTextError: Error, Equatable, CustomStringConvertible {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
