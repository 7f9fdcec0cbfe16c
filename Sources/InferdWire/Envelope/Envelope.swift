import InferdBase

/// A request without its body's content: plain values, and ranges into the message it was read from.
///
/// Reading it is the only decoder of `Request` there is; it validates all of the envelope and nothing
/// of the body, so that an answer from the cache decodes nothing. It allocates nothing unless it
/// refuses.
package struct Envelope: Equatable, Sendable {
    /// Never 0.
    package var id: UInt64 = 0
    /// 0: the server's default.
    package var timeoutMilliseconds: UInt32 = 0
    /// UTF-8 without NUL, at most `Limits.traceparentBytes`; empty: none.
    package var traceparent: Range<Int> = 0..<0
    /// 1 to `Limits.modelNameBytes` of `[A-Za-z0-9_-]`; empty only where `kind` needs no model.
    package var model: Range<Int> = 0..<0
    /// 0: the newest that is ready.
    package var version: UInt64 = 0
    package var cacheBypass = false
    package var cacheRefresh = false
    /// 0: whatever the model's time to live allows.
    package var cacheMaximumAgeMilliseconds: UInt32 = 0
    package var wantReceipt = false
    package var isBatchPriority = false
    package var kind: BodyKind = .ping
    /// The body's bytes.
    package var body: Range<Int> = 0..<0

    /// Of no request yet.
    package init() {}

    /// Reads `message`, a whole `Request`.
    package static func peek(_ message: RawSpan) throws(EnvelopeError) -> Envelope {
        var envelope = Envelope()
        do throws(RequestError) {
            try envelope.read(message)
            try envelope.check(message)
            return envelope
        } catch {
            throw EnvelopeError(id: findID(message), error: error)
        }
    }

    /// The id of a message that is refused: its only field 1 among those that a request may have and
    /// before the first place that cannot be read. A refusal thus costs no more than an acceptance.
    private static func findID(_ message: RawSpan) -> UInt64 {
        var cursor = ByteCursor(message)
        var found: UInt64?
        var count = 0
        while !cursor.isAtEnd, count < Limits.topLevelFields, let field = try? cursor.readField() {
            count += 1
            if field.number == 1, field.type == .varint {
                if found != nil { return 0 }
                found = field.bits
            }
        }
        return found ?? 0
    }

    /// What the fields' values must be, together and each.
    private func check(_ message: RawSpan) throws(RequestError) {
        guard id != 0 else { throw .invalid("id", "0 is reserved for the server") }
        guard timeoutMilliseconds <= Limits.maximumTimeoutMilliseconds else {
            throw .invalid(
                "timeout_ms", "\(timeoutMilliseconds) is more than \(Limits.maximumTimeoutMilliseconds)")
        }
        // A body never stands at the message's start: its tag comes before it.
        guard body.lowerBound > 0 else {
            throw RequestError(.invalidArgument, "the request has no body")
        }
        guard traceparent.count <= Limits.traceparentBytes else {
            throw .invalid("traceparent", "\(traceparent.count) bytes; at most \(Limits.traceparentBytes)")
        }
        if model.isEmpty {
            guard !kind.needsModel else { throw .invalid("model", "a \(kind.name) request names a model") }
        } else {
            try checkModelName(message.extracting(model))
        }
    }

    private func checkModelName(_ name: RawSpan) throws(RequestError) {
        guard name.byteCount <= Limits.modelNameBytes else {
            throw .invalid("model", "a name of \(name.byteCount) bytes; at most \(Limits.modelNameBytes)")
        }
        for offset in 0..<name.byteCount {
            switch unsafe name.unsafeLoad(fromByteOffset: offset, as: UInt8.self) {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default:
                throw .invalid("model", "a name is made of letters, digits, _ and -")
            }
        }
    }
}
