import InferdBase
import InferdWire

/// Events as JSON, one object a line, as they are published when the daemon is told to publish JSON.
struct EventLines: EventFormatter {
    let heading = ""

    func text(of kind: EventKind, _ event: RawSpan, deadLetterReason: String) throws(EventError) -> String {
        var line = OwnedBytes()
        try EventJSON.append(kind, event, to: &line)
        // Sound: the bytes are copied before the call returns.
        var text = unsafe line.span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        if !deadLetterReason.isEmpty {
            // A member more, before the brace that ends the object.
            text.removeLast()
            text += ",\"dead_letter_reason\":\(JSONValue.string(deadLetterReason).text())}"
        }
        return text + "\n"
    }
}
