import Foundation

/// Reading a meaning's fields; what is absent is at its default.
extension Meaning {
    subscript(name: String) -> Meaning? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    var fieldNames: Set<String> {
        if case .object(let fields) = self { Set(fields.keys) } else { [] }
    }

    func text(_ name: String) -> String {
        if case .text(let text) = self[name] { text } else { "" }
    }

    func flag(_ name: String) -> Bool {
        self[name] == .flag(true)
    }

    func unsigned(_ name: String) -> UInt64 {
        UInt64(text(name)) ?? 0
    }

    func unsigned32(_ name: String) -> UInt32 {
        UInt32(number(name))
    }

    func number(_ name: String) -> Double {
        self[name]?.asNumber ?? 0
    }

    func bytes(_ name: String) -> [UInt8] {
        Array(Data(base64Encoded: text(name)) ?? Data())
    }

    func list(_ name: String) -> [Meaning] {
        if case .list(let elements) = self[name] { elements } else { [] }
    }

    func numbers(_ name: String) -> [Double] {
        list(name).map(\.asNumber)
    }

    func integers(_ name: String) -> [Int64] {
        list(name).map { element in
            if case .text(let text) = element { Int64(text) ?? 0 } else { 0 }
        }
    }

    private var asNumber: Double {
        switch self {
        case .number(let number): number
        case .text("NaN"): .nan
        case .text("Infinity"): .infinity
        case .text("-Infinity"): -.infinity
        default: 0
        }
    }

    /// With some of its fields changed; nil removes one.
    func changing(_ name: String, _ change: (Meaning) -> Meaning?) -> Meaning {
        guard case .object(var fields) = self, let value = fields[name] else { return self }
        fields[name] = change(value)
        return .object(fields)
    }

    func mapping(_ change: (Meaning) -> Meaning) -> Meaning {
        if case .list(let elements) = self { .list(elements.map(change)) } else { self }
    }

    func setting(_ name: String, _ value: Meaning) -> Meaning {
        guard case .object(var fields) = self else { return self }
        fields[name] = value
        return .object(fields)
    }
}

/// Collects a message's fields, leaving out those at their default.
struct MeaningBuilder {
    private(set) var fields: [String: Meaning] = [:]

    var meaning: Meaning { .object(fields) }

    mutating func add(_ name: String, _ value: UInt64) {
        if value != 0 { fields[name] = .text(String(value)) }
    }

    mutating func add(_ name: String, _ value: UInt32) {
        if value != 0 { fields[name] = .number(Double(value)) }
    }

    mutating func add(_ name: String, _ value: Bool) {
        if value { fields[name] = .flag(true) }
    }

    mutating func add(_ name: String, _ value: Double) {
        if value.bitPattern != 0 { fields[name] = Meaning(value) }
    }

    mutating func add(_ name: String, _ value: Float) {
        if value.bitPattern != 0 { fields[name] = Meaning(value) }
    }

    mutating func add(_ name: String, _ value: String) {
        if !value.isEmpty { fields[name] = .text(value) }
    }

    mutating func add(_ name: String, bytes: [UInt8]) {
        if !bytes.isEmpty { fields[name] = .text(Data(bytes).base64EncodedString()) }
    }

    mutating func add(_ name: String, _ elements: [Meaning]) {
        if !elements.isEmpty { fields[name] = .list(elements) }
    }

    /// A message, present even when empty.
    mutating func add(_ name: String, message: Meaning?) {
        fields[name] = message
    }
}
