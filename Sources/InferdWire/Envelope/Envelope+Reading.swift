import InferdBase

extension Envelope {
    /// Numbers of the fields of `Request` outside its body.
    private enum Field {
        static let id: UInt32 = 1
        static let timeout: UInt32 = 2
        static let traceparent: UInt32 = 3
        static let model: UInt32 = 4
        static let version: UInt32 = 5
        static let cache: UInt32 = 6
        static let wantReceipt: UInt32 = 7
        static let priority: UInt32 = 8
    }

    /// Takes over every field, refusing what no encoder writes.
    mutating func read(_ message: RawSpan) throws(RequestError) {
        var cursor = ByteCursor(message)
        var seen: UInt32 = 0
        var count = 0
        while !cursor.isAtEnd {
            count += 1
            guard count <= Limits.topLevelFields else {
                throw RequestError(.invalidArgument, "more than \(Limits.topLevelFields) fields")
            }
            let field = try cursor.nextField(of: "request")
            guard let name = Self.name(of: field.number) else { continue }
            guard seen & 1 << field.number == 0 else { throw .invalid(name, "is given twice") }
            seen |= 1 << field.number
            try take(field, name, message)
        }
    }

    private static func name(of number: UInt32) -> String? {
        switch number {
        case Field.id: "id"
        case Field.timeout: "timeout_ms"
        case Field.traceparent: "traceparent"
        case Field.model: "model"
        case Field.version: "version"
        case Field.cache: "cache"
        case Field.wantReceipt: "want_receipt"
        case Field.priority: "priority"
        default: BodyKind(rawValue: number)?.name
        }
    }

    private mutating func take(_ field: WireField, _ name: String, _ message: RawSpan) throws(RequestError) {
        switch field.number {
        case Field.id:
            id = try field.unsigned(name)
        case Field.timeout:
            timeoutMilliseconds = try field.unsigned32(name)
        case Field.traceparent:
            traceparent = try field.text(name, in: message)
        case Field.model:
            model = try field.text(name, in: message)
        case Field.version:
            version = try field.unsigned(name)
        case Field.cache:
            try readCacheControl(message.extracting(field.bytes(name)))
        case Field.wantReceipt:
            wantReceipt = try field.unsigned(name) != 0
        case Field.priority:
            let number = try field.unsigned(name)
            guard number <= 1 else { throw .invalid(name, "unknown priority \(number)") }
            isBatchPriority = number == 1
        default:
            guard body.lowerBound == 0 else {
                throw RequestError(.invalidArgument, "the request has two bodies, \(kind.name) and \(name)")
            }
            guard let kind = BodyKind(rawValue: field.number) else { return }
            self.kind = kind
            body = try field.bytes(name)
        }
    }

    private mutating func readCacheControl(_ message: RawSpan) throws(RequestError) {
        var cursor = ByteCursor(message)
        var seen: UInt32 = 0
        while !cursor.isAtEnd {
            let field = try cursor.nextField(of: "cache")
            let name: String
            switch field.number {
            case 1: name = "cache.bypass"
            case 2: name = "cache.refresh"
            case 3: name = "cache.max_age_ms"
            default: continue
            }
            guard seen & 1 << field.number == 0 else { throw .invalid(name, "is given twice") }
            seen |= 1 << field.number
            switch field.number {
            case 1: cacheBypass = try field.unsigned(name) != 0
            case 2: cacheRefresh = try field.unsigned(name) != 0
            default: cacheMaximumAgeMilliseconds = try field.unsigned32(name)
            }
        }
    }
}

extension ByteCursor {
    /// The next field, or why there is none to be read.
    @_lifetime(self: copy self)
    fileprivate mutating func nextField(of message: String) throws(RequestError) -> WireField {
        do {
            return try readField()
        } catch {
            throw RequestError(.invalidArgument, "the \(message) cannot be read: \(error.message)")
        }
    }
}

extension WireField {
    private func check(_ expected: WireType, _ name: String) throws(RequestError) {
        guard type == expected else {
            throw .invalid(name, "has wire type \(type.name), not \(expected.name)")
        }
    }

    fileprivate func unsigned(_ name: String) throws(RequestError) -> UInt64 {
        try check(.varint, name)
        return bits
    }

    fileprivate func unsigned32(_ name: String) throws(RequestError) -> UInt32 {
        guard let value = UInt32(exactly: try unsigned(name)) else {
            throw .invalid(name, "\(bits) does not fit 32 bits")
        }
        return value
    }

    fileprivate func bytes(_ name: String) throws(RequestError) -> Range<Int> {
        try check(.lengthDelimited, name)
        return content
    }

    fileprivate func text(_ name: String, in message: RawSpan) throws(RequestError) -> Range<Int> {
        let range = try bytes(name)
        switch TextCheck(message.extracting(range)) {
        case .accepted: return range
        case .invalidUTF8: throw .invalid(name, "is not UTF-8")
        case .containsNUL: throw .invalid(name, "contains a NUL")
        }
    }
}
