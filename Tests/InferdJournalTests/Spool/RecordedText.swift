@testable import InferdJournal

/// A record as tests compare it.
struct RecordedText: Equatable, CustomStringConvertible {
    var text: String
    var kind: UInt8 = 1
    var reason = ""

    var description: String { reason.isEmpty ? "\(kind):\(text)" : "\(kind):\(text) (\(reason))" }

    static func all(in block: borrowing SpoolBlock) -> [RecordedText] {
        var all: [RecordedText] = []
        for record in block.records {
            let text = unsafe block.payload(of: record).withUnsafeBytes {
                unsafe String(decoding: $0, as: UTF8.self)
            }
            all.append(RecordedText(text: text, kind: record.kind, reason: block.reason(of: record)))
        }
        return all
    }
}
