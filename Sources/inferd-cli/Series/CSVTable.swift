/// A table of text with a header.
struct CSVTable {
    struct Row {
        /// Where the row begins in the file, counted from 1.
        var line: Int
        var fields: [String]
    }

    /// The file's name in messages.
    var name: String
    var header: [String]
    var rows: [Row]

    /// The column of that name, case counting. `option` is what names another.
    func column(_ wanted: String, option: String) throws(CommandFailure) -> Int {
        if let index = header.firstIndex(of: wanted) { return index }
        throw CommandFailure(
            .data, "\(name) has no column '\(wanted)'; name one of \(columnList) with \(option)")
    }

    /// The columns in a message.
    var columnList: String { header.map { "'\($0)'" }.joined(separator: ", ") }

    /// An error in one field.
    func failure(_ row: Row, _ column: Int, _ message: String) -> CommandFailure {
        CommandFailure(.data, "\(name), line \(row.line), column '\(header[column])': \(message)")
    }

    /// A field as a finite number.
    func number(_ row: Row, _ column: Int) throws(CommandFailure) -> Double {
        guard let value = try optionalNumber(row, column) else {
            throw failure(row, column, "the value is empty; fill it in, or leave the line out to make a gap")
        }
        return value
    }

    /// A field as a finite number; nil when it is empty or says that nothing is known.
    func optionalNumber(_ row: Row, _ column: Int) throws(CommandFailure) -> Double? {
        let text = row.fields[column].trimmed
        if text.isEmpty { return nil }
        guard let value = Double(text) else { throw failure(row, column, "'\(text)' is not a number") }
        guard value.isFinite else { throw failure(row, column, "'\(text)' is not finite") }
        return value
    }
}

extension StringProtocol {
    /// Without the blanks at its ends.
    var trimmed: String {
        let blanks: Set<Character> = [" ", "\t"]
        guard let first = firstIndex(where: { !blanks.contains($0) }),
            let last = lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(self[first...last])
    }
}
