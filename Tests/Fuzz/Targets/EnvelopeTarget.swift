import CGoogleDecoder
import InferdBase
import InferdWire

/// `Envelope.peek` against Google's decoder. The input is a `Request`.
enum EnvelopeTarget {
    static func run(_ input: [UInt8]) throws(Finding) {
        guard let envelope = try? unsafe Envelope.peek(input.span.bytes) else { return }
        let google = GoogleDecoder.canonical(input, as: "Request", schema: GOOGLE_SCHEMA_BODIES_AS_BYTES)
        guard let google else { throw Finding(description: "Google's decoder refuses what the peek accepts") }
        try check(envelope, input)
        let ours = canonical(envelope, input, hasCache: false)
        // A cache control that says nothing is the same as none.
        try Finding.require(
            google == ours || google == canonical(envelope, input, hasCache: true),
            "the peek reads \(ours), Google's decoder \(google)")
    }

    /// What the peek promises whoever uses its result without looking again.
    private static func check(_ envelope: Envelope, _ input: [UInt8]) throws(Finding) {
        try Finding.require(envelope.id != 0, "the id is 0")
        for range in [envelope.traceparent, envelope.model, envelope.body] {
            try Finding.require(
                range.lowerBound >= 0 && range.upperBound <= input.count, "\(range) is not within the message")
        }
        try Finding.require(envelope.traceparent.count <= Limits.traceparentBytes, "the traceparent is too long")
        try Finding.require(envelope.model.count <= Limits.modelNameBytes, "the model's name is too long")
        try Finding.require(
            envelope.timeoutMilliseconds <= Limits.maximumTimeoutMilliseconds, "the timeout is too long")
    }

    private static func canonical(_ envelope: Envelope, _ input: [UInt8], hasCache: Bool) -> [UInt8] {
        var cache = CanonicalMessage()
        cache.add(1, flag: envelope.cacheBypass)
        cache.add(2, flag: envelope.cacheRefresh)
        cache.add(3, varint: UInt64(envelope.cacheMaximumAgeMilliseconds))
        var message = CanonicalMessage()
        message.add(1, varint: envelope.id)
        message.add(2, varint: UInt64(envelope.timeoutMilliseconds))
        message.add(3, input[envelope.traceparent])
        message.add(4, input[envelope.model])
        message.add(5, varint: envelope.version)
        if hasCache || !cache.bytes.isEmpty { message.addElement(6, cache.bytes) }
        message.add(7, flag: envelope.wantReceipt)
        message.add(8, flag: envelope.isBatchPriority)
        message.addElement(UInt64(envelope.kind.rawValue), input[envelope.body])
        return message.bytes
    }
}
