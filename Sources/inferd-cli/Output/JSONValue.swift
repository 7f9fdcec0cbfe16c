/// A JSON text in the making; keys keep their order.
enum JSONValue {
    case object([(String, JSONValue)])
    case array([JSONValue])
    case string(String)
    case number(Double)
    case float(Float)
    case integer(Int64)
    case unsigned(UInt64)
    case bool(Bool)
    case null

    /// The text, indented by two blanks a level; arrays of plain values stay on one line.
    func text() -> String {
        var text = ""
        append(to: &text, indent: "")
        return text
    }

    private var isPlain: Bool {
        switch self {
        case .object, .array: false
        default: true
        }
    }

    private func append(to text: inout String, indent: String) {
        switch self {
        case .object(let members): Self.append(members, to: &text, indent: indent)
        case .array(let elements): Self.append(elements, to: &text, indent: indent)
        case .string(let value): Self.append(quoted: value, to: &text)
        // JSON knows neither infinities nor NaN.
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .float(let value): text += value.isFinite ? "\(value)" : "null"
        case .integer(let value): text += "\(value)"
        case .unsigned(let value): text += "\(value)"
        case .bool(let value): text += value ? "true" : "false"
        case .null: text += "null"
        }
    }

    private static func append(_ members: [(String, JSONValue)], to text: inout String, indent: String) {
        if members.isEmpty {
            text += "{}"
            return
        }
        let inner = indent + "  "
        text += "{"
        for (index, member) in members.enumerated() {
            text += index == 0 ? "\n\(inner)" : ",\n\(inner)"
            append(quoted: member.0, to: &text)
            text += ": "
            member.1.append(to: &text, indent: inner)
        }
        text += "\n\(indent)}"
    }

    private static func append(_ elements: [JSONValue], to text: inout String, indent: String) {
        let isFlat = elements.allSatisfy(\.isPlain)
        let inner = indent + "  "
        text += "["
        for (index, element) in elements.enumerated() {
            if index > 0 { text += isFlat ? ", " : "," }
            if !isFlat { text += "\n\(inner)" }
            element.append(to: &text, indent: inner)
        }
        text += isFlat ? "]" : "\n\(indent)]"
    }

    private static func append(quoted value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
