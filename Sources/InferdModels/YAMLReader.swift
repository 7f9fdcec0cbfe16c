import Yams

/// A mapping of a YAML file that is read key by key; what is left over at the end is an error. Errors
/// name key and line.
struct YAMLReader {
    private let file: String
    /// Path of the mapping itself; empty at the top.
    private let path: String
    private let line: Int
    private let node: Node
    private var values: [String: Node] = [:]
    private var unread: [(key: String, line: Int)] = []

    /// Opens a whole document.
    init(file: String, text: String) throws(BundleError) {
        if let alias = YAMLAliases.first(in: text) {
            throw BundleError(
                file: file,
                "line \(alias.line): expected no alias, found '\(BundleError.shown("*\(alias.name)"))': write the value out"
            )
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw BundleError(file: file, "expected YAML: \(Self.oneLine("\(error)"))")
        }
        guard let node else { throw BundleError(file: file, "expected keys and values, found nothing") }
        try self.init(file: file, path: "", node: node)
    }

    private init(file: String, path: String, node: Node) throws(BundleError) {
        self.file = file
        self.path = path
        line = node.mark?.line ?? 0
        self.node = node
        guard case .mapping(let mapping) = node else {
            throw Self.mismatch(file, path, node, "keys and values")
        }
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw Self.mismatch(file, path, key, "a key")
            }
            if case .alias = value {
                throw Self.mismatch(file, Self.join(path, scalar.string), value, "a value")
            }
            guard values.updateValue(value, forKey: scalar.string) == nil else {
                throw BundleError(
                    file: file, "line \(key.mark?.line ?? 0): \(Self.join(path, scalar.string)) is given twice")
            }
            unread.append((scalar.string, key.mark?.line ?? 0))
        }
    }

    private static func oneLine(_ text: String) -> String {
        String(text.prefix(400).split(whereSeparator: \.isNewline).joined(separator: " ").prefix(200))
    }

    private static func join(_ path: String, _ key: String) -> String {
        path.isEmpty ? BundleError.shown(key) : "\(path).\(BundleError.shown(key))"
    }

    private static func mismatch(_ file: String, _ path: String, _ node: Node, _ expected: String) -> BundleError {
        let found: String
        switch node {
        case .scalar(let scalar): found = "'\(BundleError.shown(scalar.string))'"
        case .mapping: found = "keys and values"
        case .sequence: found = "a list"
        case .alias: found = "an alias"
        }
        let name = path.isEmpty ? "" : "\(path): "
        return BundleError(file: file, "line \(node.mark?.line ?? 0): \(name)expected \(expected), found \(found)")
    }

    // Reading.

    /// An error about `key`, at its line.
    func failure(_ key: String, _ message: String) -> BundleError {
        let line = values[key]?.mark?.line ?? line
        return BundleError(file: file, "line \(line): \(Self.join(path, key)): \(message)")
    }

    /// An error about the value at a whole path, for example `features[1].scaler`, at its line or, where there
    /// is no such value, at that of what would hold it.
    func failure(at wholePath: String, _ message: String) -> BundleError {
        var place = node
        for part in wholePath.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" }) {
            let inner: Node?
            switch place {
            case .mapping(let mapping):
                inner = mapping.first { $0.key.scalar?.string == String(part) }?.value
            case .sequence(let sequence):
                inner = Int(part).flatMap { sequence.indices.contains($0) ? sequence[$0] : nil }
            case .scalar, .alias:
                inner = nil
            }
            guard let inner else { break }
            place = inner
        }
        return BundleError(file: file, "line \(place.mark?.line ?? 0): \(wholePath): \(message)")
    }

    private mutating func take(_ key: String) -> Node? {
        unread.removeAll { $0.key == key }
        return values[key]
    }

    private mutating func require(_ key: String, _ expected: String) throws(BundleError) -> Node {
        guard let node = take(key) else {
            throw BundleError(file: file, "line \(line): \(Self.join(path, key)): expected \(expected), found nothing")
        }
        return node
    }

    private func mismatch(_ key: String, _ node: Node, _ expected: String) -> BundleError {
        Self.mismatch(file, Self.join(path, key), node, expected)
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    mutating func text(_ key: String) throws(BundleError) -> String {
        let node = try require(key, "a text")
        guard case .scalar(let scalar) = node else { throw mismatch(key, node, "a text") }
        return scalar.string
    }

    mutating func optionalText(_ key: String) throws(BundleError) -> String? {
        has(key) ? try text(key) : nil
    }

    mutating func integer(_ key: String) throws(BundleError) -> Int {
        let node = try require(key, "a whole number")
        guard case .scalar(let scalar) = node, let value = Int(scalar.string) else {
            throw mismatch(key, node, "a whole number")
        }
        return value
    }

    mutating func optionalInteger(_ key: String) throws(BundleError) -> Int? {
        has(key) ? try integer(key) : nil
    }

    mutating func number(_ key: String) throws(BundleError) -> Double {
        let node = try require(key, "a number")
        guard case .scalar(let scalar) = node, let value = Double(scalar.string), value.isFinite else {
            throw mismatch(key, node, "a finite number")
        }
        return value
    }

    mutating func optionalNumbers(_ key: String) throws(BundleError) -> [Double] {
        guard let node = take(key) else { return [] }
        guard case .sequence(let sequence) = node else { throw mismatch(key, node, "a list of numbers") }
        var result: [Double] = []
        for element in sequence {
            guard case .scalar(let scalar) = element, let value = Double(scalar.string), value.isFinite else {
                throw mismatch(key, element, "a finite number")
            }
            result.append(value)
        }
        return result
    }

    /// One of an enumeration's names.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(BundleError) -> Choice where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        let node = try require(key, "one of \(names)")
        guard case .scalar(let scalar) = node, let value = Choice(rawValue: scalar.string) else {
            throw mismatch(key, node, "one of \(names)")
        }
        return value
    }

    mutating func mapping(_ key: String) throws(BundleError) -> YAMLReader {
        try YAMLReader(
            file: file, path: Self.join(path, key), node: require(key, "keys and values"))
    }

    mutating func mappings(_ key: String) throws(BundleError) -> [YAMLReader] {
        let node = try require(key, "a list")
        guard case .sequence(let sequence) = node else { throw mismatch(key, node, "a list") }
        var result: [YAMLReader] = []
        for (index, element) in sequence.enumerated() {
            result.append(try YAMLReader(file: file, path: "\(Self.join(path, key))[\(index)]", node: element))
        }
        return result
    }

    /// Passes over a value that only people read.
    mutating func skip(_ key: String) {
        _ = take(key)
    }

    /// Whatever has not been read is unknown.
    func finish() throws(BundleError) {
        if let (key, line) = unread.first {
            throw BundleError(file: file, "line \(line): unknown key \(Self.join(path, key))")
        }
    }
}
