import FoundationEssentials
import Glibc
package import Logging

/// Writes log records to standard error, one JSON object a line; as text when that is a terminal.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let isTerminal: Bool

    package init(level: Logger.Level) {
        logLevel = level
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    package static var levelNames: String {
        Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
    }

    package static func level(named name: String) -> Logger.Level? {
        Logger.Level(rawValue: name)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        var line = ""
        if isTerminal {
            line = "\(time) \(event.level.rawValue) \(event.message)"
            for (key, value) in fields {
                line += " \(key)=\(value)"
            }
        } else {
            line = "{\"time\":\"\(time)\",\"level\":\"\(event.level.rawValue)\",\"message\":"
            Self.appendString("\(event.message)", to: &line)
            for (key, value) in fields {
                line += ","
                Self.appendString(key, to: &line)
                line += ":"
                Self.append(value, to: &line)
            }
            line += "}"
        }
        line += "\n"
        // One write a line: lines of several threads do not mix.
        var bytes = Array(line.utf8)
        unsafe bytes.withUnsafeMutableBytes { buffer in
            _ = unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }

    private static func append(_ value: Logger.Metadata.Value, to line: inout String) {
        switch value {
        case .string(let text):
            appendString(text, to: &line)
        case .stringConvertible(let number as any FixedWidthInteger):
            line += "\(number)"
        case .stringConvertible(let number as Double) where number.isFinite:
            line += "\(number)"
        case .stringConvertible(let number as Bool):
            line += "\(number)"
        case .stringConvertible(let other):
            appendString(other.description, to: &line)
        case .array(let elements):
            line += "["
            for (index, element) in elements.enumerated() {
                line += index == 0 ? "" : ","
                append(element, to: &line)
            }
            line += "]"
        case .dictionary(let entries):
            line += "{"
            for (index, entry) in entries.sorted(by: { $0.key < $1.key }).enumerated() {
                line += index == 0 ? "" : ","
                appendString(entry.key, to: &line)
                line += ":"
                append(entry.value, to: &line)
            }
            line += "}"
        }
    }

    /// `text` as a JSON string (RFC 8259, section 7).
    private static func appendString(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }
}
