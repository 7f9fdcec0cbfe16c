/// Reads comma-separated values as RFC 4180 has them: fields may stand in double quotes, which are
/// doubled within; lines end in LF or CRLF. The first line is the header. Empty lines are passed over.
struct CSVParser {
    private let bytes: [UInt8]
    private let name: String
    private var position = 0
    /// Counted from 1.
    private var line = 1

    static func parse(_ bytes: [UInt8], name: String) throws(CommandFailure) -> CSVTable {
        var parser = CSVParser(bytes: bytes, name: name)
        return try parser.table()
    }

    private init(bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    private mutating func table() throws(CommandFailure) -> CSVTable {
        // A byte order mark, which spreadsheets write.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        guard var header = try record() else {
            throw CommandFailure(.data, "\(name) is empty; its first line must name the columns")
        }
        header.fields = header.fields.map(\.trimmed)
        try check(header: header)
        var table = CSVTable(name: name, header: header.fields, rows: [])
        while let row = try record() {
            guard row.fields.count == header.fields.count else {
                throw CommandFailure(
                    .data,
                    "\(name), line \(row.line): \(row.fields.count) fields, but the header has \(header.fields.count)")
            }
            table.rows.append(row)
        }
        return table
    }

    private func check(header: CSVTable.Row) throws(CommandFailure) {
        var seen: Set<String> = []
        for (index, column) in header.fields.enumerated() {
            if column.isEmpty {
                throw CommandFailure(.data, "\(name), line \(header.line): column \(index + 1) has no name")
            }
            if !seen.insert(column).inserted {
                throw CommandFailure(.data, "\(name), line \(header.line): the column '\(column)' stands twice")
            }
        }
        // A file without a header is told by its first stamp or number.
        if header.fields.allSatisfy({ Double($0) != nil || (try? Zone.utc.instant(parsing: $0)) != nil }) {
            throw CommandFailure(.data, "\(name), line \(header.line): the header is missing; it names the columns")
        }
    }

    /// The next line that is not empty; nil at the end.
    private mutating func record() throws(CommandFailure) -> CSVTable.Row? {
        while position < bytes.count, let length = endOfLine() {
            position += length
            line += 1
        }
        guard position < bytes.count else { return nil }
        var row = CSVTable.Row(line: line, fields: [])
        while true {
            row.fields.append(try field(column: row.fields.count + 1))
            if position < bytes.count, bytes[position] == UInt8(ascii: ",") {
                position += 1
                continue
            }
            position += endOfLine() ?? 0
            line += 1
            return row
        }
    }

    /// Bytes of the line's end at the position; nil: there is none.
    private func endOfLine() -> Int? {
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: "\n") { return 1 }
        let next = position + 1
        return bytes[position] == UInt8(ascii: "\r") && next < bytes.count && bytes[next] == UInt8(ascii: "\n")
            ? 2 : nil
    }

    private mutating func field(column: Int) throws(CommandFailure) -> String {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            return try quotedField(column: column)
        }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ","), endOfLine() == nil {
            if bytes[position] == UInt8(ascii: "\"") {
                throw failure(line, column, "a quote within a field that does not begin with one")
            }
            position += 1
        }
        return try text(bytes[start..<position], column: column)
    }

    private mutating func quotedField(column: Int) throws(CommandFailure) -> String {
        let firstLine = line
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                content.append(byte)
                continue
            }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                content.append(byte)
                position += 1
                continue
            }
            guard position == bytes.count || bytes[position] == UInt8(ascii: ",") || endOfLine() != nil else {
                throw failure(line, column, "text behind the closing quote")
            }
            return try text(content[...], column: column)
        }
        throw failure(firstLine, column, "the quote is never closed")
    }

    private func text(_ content: ArraySlice<UInt8>, column: Int) throws(CommandFailure) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw failure(line, column, "not valid UTF-8")
        }
        return text
    }

    private func failure(_ line: Int, _ column: Int, _ message: String) -> CommandFailure {
        CommandFailure(.data, "\(name), line \(line), column \(column): \(message)")
    }
}
