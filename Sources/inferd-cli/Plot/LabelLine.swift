/// A line of labels that do not touch.
struct LabelLine {
    private let width: Int
    private(set) var text = ""

    init(width: Int) {
        self.width = width
    }

    /// Writes a label with its middle near a column. Returns false, and leaves it out, where there is no
    /// room behind the one before.
    @discardableResult
    mutating func put(_ label: String, centredAt column: Int) -> Bool {
        let start = min(max(column - label.count / 2, 0), max(width - label.count, 0))
        guard !label.isEmpty, text.isEmpty || start > text.count else { return false }
        text += String(repeating: " ", count: start - text.count) + label
        return true
    }
}
