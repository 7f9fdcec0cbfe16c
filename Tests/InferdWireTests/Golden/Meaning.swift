/// What a message says, in protobuf's JSON mapping: integers of 64 bits, bytes and what is not finite as
/// text, enums by name, fields at their default left out.
enum Meaning: Sendable {
    case flag(Bool)
    case number(Double)
    /// A number of 32 bits, which equals every `number` that rounds to it.
    case single(Float)
    case text(String)
    case list([Meaning])
    case object([String: Meaning])

    /// Not finite, or the number itself.
    init(_ value: Double) {
        if value.isFinite {
            self = .number(value)
        } else {
            self = .text(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
        }
    }

    init(_ value: Float) {
        self = value.isFinite ? .single(value) : Meaning(Double(value))
    }

    init(_ value: Int64) {
        self = .text(String(value))
    }
}

extension Meaning: Equatable {
    static func == (left: Meaning, right: Meaning) -> Bool {
        switch (left, right) {
        case (.flag(let left), .flag(let right)): left == right
        // By their bits: 0 is not -0.
        case (.number(let left), .number(let right)): left.bitPattern == right.bitPattern
        case (.single(let left), .single(let right)): left.bitPattern == right.bitPattern
        case (.single(let left), .number(let right)), (.number(let right), .single(let left)):
            left.bitPattern == Float(right).bitPattern
        case (.text(let left), .text(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension Meaning: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([Meaning].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: Meaning].self))
        }
    }
}
