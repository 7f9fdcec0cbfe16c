/// Command-line values of the form `NAME=VALUE`.
enum Assignment {
    static func parse(_ text: String, option: String, form: String) throws(CommandFailure) -> (String, String) {
        guard let equals = text.firstIndex(of: "=") else {
            throw CommandFailure(.usage, "\(option) '\(text)': write \(option) \(form)")
        }
        let name = text[..<equals]
        let value = text[text.index(after: equals)...]
        guard !name.isEmpty, !value.isEmpty else {
            throw CommandFailure(.usage, "\(option) '\(text)': write \(option) \(form)")
        }
        return (String(name), String(value))
    }
}
