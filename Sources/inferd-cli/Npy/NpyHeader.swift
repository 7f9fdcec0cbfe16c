/// The dictionary at the head of a `.npy` file: a Python literal with three keys, for example
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
struct NpyHeader: Equatable {
    var description: String
    var isFortranOrder: Bool
    var shape: [Int64]

    /// A sentence about what is wrong, without the file's name.
    struct SyntaxError: Error, Equatable {
        var message: String
    }

    init(description: String, isFortranOrder: Bool, shape: [Int64]) {
        self.description = description
        self.isFortranOrder = isFortranOrder
        self.shape = shape
    }

    init(parsing text: String) throws(SyntaxError) {
        var scanner = Scanner(rest: Array(text.unicodeScalars)[...])
        var description: String?
        var isFortranOrder: Bool?
        var shape: [Int64]?
        try scanner.expect("{")
        while !scanner.accept("}") {
            let key = try scanner.quoted()
            try scanner.expect(":")
            switch key {
            case "descr":
                if scanner.accept("[") { throw SyntaxError(message: "it holds records, not numbers of one type") }
                description = try scanner.quoted()
            case "fortran_order": isFortranOrder = try scanner.truth()
            case "shape": shape = try scanner.tuple()
            default: throw SyntaxError(message: "its header has an unknown key '\(key)'")
            }
            if !scanner.accept(",") {
                try scanner.expect("}")
                break
            }
        }
        guard scanner.isAtEnd, let description, let isFortranOrder, let shape else {
            throw Scanner.malformed
        }
        self.init(description: description, isFortranOrder: isFortranOrder, shape: shape)
    }

    /// The text form, padded and ended so that what follows `prefixBytes` and it lies on 64 bytes.
    func text(prefixBytes: Int) -> String {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let order = isFortranOrder ? "True" : "False"
        let text = "{'descr': '\(description)', 'fortran_order': \(order), 'shape': (\(extents)), }"
        let used = (prefixBytes + text.utf8.count + 1) % 64
        return text + String(repeating: " ", count: used == 0 ? 0 : 64 - used) + "\n"
    }

    private struct Scanner {
        static let malformed = SyntaxError(message: "its header is malformed")

        var rest: ArraySlice<Unicode.Scalar>

        init(rest: ArraySlice<Unicode.Scalar>) {
            self.rest = rest
        }

        var isAtEnd: Bool {
            mutating get {
                skipBlanks()
                return rest.isEmpty
            }
        }

        private mutating func skipBlanks() {
            rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "\t" }
        }

        mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard rest.first == scalar else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func expect(_ scalar: Unicode.Scalar) throws(SyntaxError) {
            if !accept(scalar) { throw Self.malformed }
        }

        mutating func quoted() throws(SyntaxError) -> String {
            let quote: Unicode.Scalar = accept("\"") ? "\"" : "'"
            if quote == "'" { try expect("'") }
            guard let end = rest.firstIndex(of: quote) else { throw Self.malformed }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: rest[..<end])
            rest = rest[(end + 1)...]
            return String(text)
        }

        private mutating func word() -> String {
            skipBlanks()
            let letters = rest.prefix { $0.properties.isAlphabetic || $0.value >= 0x30 && $0.value <= 0x39 }
            rest = rest[letters.endIndex...]
            var text = String.UnicodeScalarView()
            text.append(contentsOf: letters)
            return String(text)
        }

        mutating func truth() throws(SyntaxError) -> Bool {
            switch word() {
            case "True": return true
            case "False": return false
            default: throw Self.malformed
            }
        }

        mutating func tuple() throws(SyntaxError) -> [Int64] {
            var extents: [Int64] = []
            try expect("(")
            while !accept(")") {
                // numpy of Python 2 wrote long numbers with an L.
                var digits = word()
                if digits.hasSuffix("L") { digits.removeLast() }
                guard let extent = Int64(digits), extent >= 0 else { throw Self.malformed }
                extents.append(extent)
                if !accept(",") {
                    try expect(")")
                    break
                }
            }
            return extents
        }
    }
}
