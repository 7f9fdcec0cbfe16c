/// Finds where functions begin and end by their indentation, which the format check makes reliable: a
/// function ends at the first closing brace that is indented as its first line.
enum FunctionLengths {
    struct Function {
        let signature: String
        /// Counted from 1.
        let firstLine: Int
        /// From the signature's line to the closing brace's.
        let lines: Int
    }

    static func functions(in file: SourceTree.File) -> [Function] {
        functions(in: file.lines, isSwift: file.has(extension: "swift"))
    }

    static func functions(in lines: [Substring], isSwift: Bool) -> [Function] {
        var found: [Function] = []
        for (start, line) in lines.enumerated() where isSwift ? beginsInSwift(line) : beginsInC(line) {
            let indentation = line.prefix { $0 == " " }
            let closing = indentation + "}"
            for end in start..<lines.count {
                let candidate = lines[end]
                // Written on one line, or a requirement of a protocol, which has no body.
                if end == start, candidate.hasSuffix("}") || !opensBody(lines[start...]) { break }
                if end > start, candidate == closing {
                    found.append(
                        Function(
                            signature: String(line.dropFirst(indentation.count)), firstLine: start + 1,
                            lines: end - start + 1))
                    break
                }
            }
        }
        return found
    }

    /// True when a line that ends in `{` comes before one that leaves the signature.
    private static func opensBody(_ lines: ArraySlice<Substring>) -> Bool {
        guard let first = lines.first else { return false }
        let indentation = first.prefix { $0 == " " }.count
        for (offset, line) in lines.enumerated() {
            if line.hasSuffix("{") { return true }
            if offset > 0, line.isEmpty || line.prefix(while: { $0 == " " }).count < indentation { return false }
            if offset > 0, beginsInSwift(line) { return false }
        }
        return false
    }

    private static func beginsInSwift(_ line: Substring) -> Bool {
        let modifiers: Set<Substring> = [
            "public", "package", "internal", "fileprivate", "private", "static", "final", "class", "override",
            "mutating", "consuming", "borrowing", "nonisolated", "convenience", "required", "isolated", "async",
        ]
        var words = line.split(separator: " ")[...]
        while let word = words.first, modifiers.contains(word) || word.hasPrefix("@") { words = words.dropFirst() }
        guard let word = words.first else { return false }
        return word == "func" || word.hasPrefix("init(") || word.hasPrefix("init?(") || word.hasPrefix("init<")
            || word == "deinit" || word.hasPrefix("subscript")
    }

    private static func beginsInC(_ line: Substring) -> Bool {
        guard let first = line.first, first.isLetter else { return false }
        return line.hasSuffix("{") && line.contains("(")
    }
}
