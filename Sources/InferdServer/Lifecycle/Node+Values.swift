import InferdBase
import Yams

/// Values of a configuration file, or why they are none.
extension Node {
    var place: String {
        mark.map { ", line \($0.line)" } ?? ""
    }

    func mismatch(_ key: String, _ expected: String) -> ServerError {
        ServerError("the configuration\(place): '\(key)': expected \(expected), found \(found)")
    }

    private var found: String {
        switch self {
        case .scalar(let scalar): "'\(scalar.string)'"
        case .mapping: "keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    func text(_ key: String) throws(ServerError) -> String {
        guard case .scalar(let scalar) = self, !scalar.string.isEmpty else { throw mismatch(key, "a text") }
        return scalar.string
    }

    func flag(_ key: String) throws(ServerError) -> Bool {
        guard let flag = bool else { throw mismatch(key, "true or false") }
        return flag
    }

    /// One of the values that `Choice` has, by its name.
    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) throws(ServerError) -> Choice
    where Choice.RawValue == String {
        guard case .scalar(let scalar) = self, let choice = Choice(rawValue: scalar.string) else {
            throw mismatch(key, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// The members of a mapping, in their order; `path` is where it stands.
    func members(_ path: String) throws(ServerError) -> [(key: String, value: Node)] {
        guard case .mapping(let mapping) = self else { throw mismatch(path, "keys and values") }
        var members: [(key: String, value: Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else { throw key.mismatch(path, "a key") }
            members.append((name.string, value))
        }
        return members
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(ServerError) -> Int {
        guard let value = int, range.contains(value) else {
            throw mismatch(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func integers(_ key: String, in range: ClosedRange<Int>) throws(ServerError) -> [Int] {
        guard case .sequence(let sequence) = self else { throw mismatch(key, "a list of whole numbers") }
        var integers: [Int] = []
        for (index, node) in sequence.enumerated() {
            integers.append(try node.integer("\(key)[\(index)]", in: range))
        }
        return integers
    }
}
