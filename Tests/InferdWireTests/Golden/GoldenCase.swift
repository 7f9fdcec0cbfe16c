import Foundation
import Testing

/// A line of the files in `proto/golden`; `generate.py` there says what the fields are.
struct GoldenCase: Decodable, Sendable, CustomTestStringConvertible {
    enum Kind: String, Decodable {
        case request = "Request"
        case reply = "Reply"
    }

    private enum CodingKeys: String, CodingKey {
        case name, bytes, canonical, meaning, id, field, says, google, kind
        case oneWay = "one_way"
    }

    let name: String?
    let bytes: Hexadecimal
    let canonical: Hexadecimal?
    let oneWay: Bool?
    let meaning: Meaning?

    // Of refusals.
    let id: UInt64?
    let field: String?
    let says: String?
    let google: Bool?

    // Of mutations.
    let kind: Kind?

    var testDescription: String { name ?? bytes.text }

    static let requests = read("requests")
    static let replies = read("replies")
    static let refusals = read("refusals")
    static let mutations = read("mutations")

    private static func read(_ name: String) -> [GoldenCase] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appendingPathComponent("../../../proto/golden/\(name).json").standardizedFileURL
        do {
            return try JSONDecoder().decode([GoldenCase].self, from: Data(contentsOf: file))
        } catch {
            fatalError("\(file.lastPathComponent): \(error)")
        }
    }
}

/// Bytes written as hexadecimal digits.
struct Hexadecimal: Decodable, Sendable, Equatable {
    let text: String
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        let digits = Array(text.utf8)
        bytes = stride(from: 0, to: digits.count - 1, by: 2).map { offset in
            UInt8(String(decoding: digits[offset...offset + 1], as: UTF8.self), radix: 16) ?? 0
        }
    }
}
