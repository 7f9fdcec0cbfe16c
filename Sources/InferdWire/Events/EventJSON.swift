package import InferdBase

/// Events as JSON: one object on one line, without the line's end.
///
/// The names are those of the messages' fields, in the order of their numbers. Scalars and lists are always
/// there, messages only when they are present. All integers are numbers, which may need 64 bits; bytes are
/// hexadecimal digits; a value that JSON has no number for, which the daemon never writes, is null.
package enum EventJSON {
    /// Appends the event whose bytes are `event`; appends nothing when it fails.
    package static func append(_ kind: EventKind, _ event: RawSpan, to target: inout OwnedBytes) throws(EventError) {
        let start = target.count
        do {
            try append(event, .schema(of: kind), to: &target)
        } catch {
            target.resize(to: start)
            throw error
        }
    }

    private static func append(
        _ message: RawSpan, _ schema: EventSchema, to target: inout OwnedBytes
    ) throws(EventError) {
        target.append(UInt8(ascii: "{"))
        var isFirst = true
        for field in schema.fields {
            let found = try lastField(field.number, in: message)
            if case .message = field.value, found == nil { continue }
            if !isFirst { target.append(UInt8(ascii: ",")) }
            isFirst = false
            target.appendJSON(text: field.name)
            target.append(UInt8(ascii: ":"))
            try append(field, found, of: message, to: &target)
        }
        target.append(UInt8(ascii: "}"))
    }

    /// As protobuf has it, the last of several counts.
    private static func lastField(_ number: UInt32, in message: RawSpan) throws(EventError) -> WireField? {
        var last: WireField?
        try EventFields.forEach(in: message) { field throws(EventError) in
            if field.number == number { last = field }
        }
        return last
    }

    /// A scalar that is absent is 0, a text or list empty.
    private static func append(
        _ field: EventSchema.Field, _ found: WireField?, of message: RawSpan, to target: inout OwnedBytes
    ) throws(EventError) {
        switch field.value {
        case .unsigned: target.appendJSON(number: try found.map(EventFields.unsigned) ?? 0)
        case .signed64: target.appendJSON(number: try found.map(EventFields.signed64) ?? 0)
        case .float: target.appendJSON(number: try found.map(EventFields.float) ?? 0)
        case .double: target.appendJSON(number: try found.map(EventFields.double) ?? 0)
        case .text:
            target.appendJSON(text: EventFields.text(message.extracting(try found.map(EventFields.content) ?? 0..<0)))
        case .hexadecimal:
            target.appendJSON(hexadecimal: message.extracting(try found.map(EventFields.content) ?? 0..<0))
        case .doubles:
            let list = message.extracting(try found.map(EventFields.packed64) ?? 0..<0)
            target.appendJSON(list: list) { target, bits in target.appendJSON(number: Double(bitPattern: bits)) }
        case .signed64s:
            let list = message.extracting(try found.map(EventFields.packed64) ?? 0..<0)
            target.appendJSON(list: list) { target, bits in target.appendJSON(number: Int64(bitPattern: bits)) }
        case .message(let schema):
            try append(message.extracting(try found.map(EventFields.content) ?? 0..<0), schema, to: &target)
        case .messages(let schema):
            try append(each: field.number, of: message, schema, to: &target)
        }
    }

    private static func append(
        each number: UInt32, of message: RawSpan, _ schema: EventSchema, to target: inout OwnedBytes
    ) throws(EventError) {
        target.append(UInt8(ascii: "["))
        // The closure may not hold on to what the caller lends.
        var elements: [Range<Int>] = []
        try EventFields.forEach(in: message) { field throws(EventError) in
            if field.number == number { elements.append(try EventFields.content(field)) }
        }
        for (index, element) in elements.enumerated() {
            if index > 0 { target.append(UInt8(ascii: ",")) }
            try append(message.extracting(element), schema, to: &target)
        }
        target.append(UInt8(ascii: "]"))
    }
}
