/// Why a text is not a server's address.
public struct AddressError: Error, Hashable, Sendable {
    /// The text as given.
    public var text: String
    /// What is wrong with it: one sentence that quotes the text.
    public var message: String

    /// An error about `text`.
    public init(text: String, message: String) {
        self.text = text
        self.message = message
    }
}

extension AddressError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
