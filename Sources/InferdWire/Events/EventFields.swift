internal import InferdBase

/// Reading the fields of an event's messages: bounds-checked, whatever the bytes hold.
enum EventFields {
    /// Shows each field of `message` in turn.
    static func forEach(
        in message: RawSpan, _ body: (WireField) throws(EventError) -> Void
    ) throws(EventError) {
        var cursor = ByteCursor(message)
        while !cursor.isAtEnd {
            let field: WireField
            do { field = try cursor.readField() } catch { throw EventError(error) }
            try body(field)
        }
    }

    static func require(_ field: WireField, _ type: WireType) throws(EventError) {
        guard field.type == type else {
            throw EventError("field \(field.number) is \(field.type.name), expected \(type.name)")
        }
    }

    static func unsigned(_ field: WireField) throws(EventError) -> UInt64 {
        try require(field, .varint)
        return field.bits
    }

    static func unsigned32(_ field: WireField) throws(EventError) -> UInt32 {
        guard let value = UInt32(exactly: try unsigned(field)) else {
            throw EventError("field \(field.number) exceeds 32 bits")
        }
        return value
    }

    static func signed64(_ field: WireField) throws(EventError) -> Int64 {
        try require(field, .fixed64)
        return Int64(bitPattern: field.bits)
    }

    static func double(_ field: WireField) throws(EventError) -> Double {
        try require(field, .fixed64)
        return Double(bitPattern: field.bits)
    }

    static func float(_ field: WireField) throws(EventError) -> Float {
        try require(field, .fixed32)
        return Float(bitPattern: UInt32(truncatingIfNeeded: field.bits))
    }

    /// Where a text or a message lies.
    static func content(_ field: WireField) throws(EventError) -> Range<Int> {
        try require(field, .lengthDelimited)
        return field.content
    }

    /// Where packed values of eight bytes lie.
    static func packed64(_ field: WireField) throws(EventError) -> Range<Int> {
        let content = try content(field)
        guard content.count % 8 == 0 else { throw EventError("field \(field.number) ends within a value") }
        return content
    }

    static func identifier(_ message: RawSpan) throws(EventError) -> EventIdentifier {
        var identifier = EventIdentifier(bootIDHigh: 0, bootIDLow: 0, producer: 0, sequence: 0)
        try forEach(in: message) { field throws(EventError) in
            switch field.number {
            case 1:
                let content = try content(field)
                guard content.count == 16 else { throw EventError("a boot id has \(content.count) bytes") }
                // Sound: the 16 bytes were just found there.
                identifier.bootIDHigh = unsafe UInt64(
                    bigEndian: message.unsafeLoadUnaligned(fromByteOffset: content.lowerBound, as: UInt64.self))
                identifier.bootIDLow = unsafe UInt64(
                    bigEndian: message.unsafeLoadUnaligned(fromByteOffset: content.lowerBound + 8, as: UInt64.self))
            case 2: identifier.producer = try unsigned32(field)
            case 3: identifier.sequence = try unsigned(field)
            default: break
            }
        }
        return identifier
    }

    static func metric(_ message: RawSpan) throws(EventError) -> MetricValue {
        var value = 0.0
        var points: UInt32 = 0
        try forEach(in: message) { field throws(EventError) in
            switch field.number {
            case 1: value = try double(field)
            case 2: points = try unsigned32(field)
            default: break
            }
        }
        return MetricValue(value: value, points: points)
    }

    static func metrics(_ message: RawSpan) throws(EventError) -> MetricValues {
        var metrics = MetricValues()
        try forEach(in: message) { field throws(EventError) in
            guard (1...6).contains(field.number) else { return }
            let metric = try metric(message.extracting(content(field)))
            switch field.number {
            case 1: metrics.mae = metric
            case 2: metrics.rmse = metric
            case 3: metrics.mape = metric
            case 4: metrics.smape = metric
            case 5: metrics.mase = metric
            default: metrics.coverage = metric
            }
        }
        return metrics
    }

    static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
