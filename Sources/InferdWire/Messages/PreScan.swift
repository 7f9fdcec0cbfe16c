import CInferdProto
import InferdBase

/// Looks through a message before protobuf-c does, by protobuf-c's own description of its fields.
///
/// protobuf-c has no limit on counts, takes the last of a repeated singular field, skips groups and does
/// not look at text; other decoders treat some of these differently. What is refused here never reaches
/// it, and what passes means the same to every decoder.
@safe
struct PreScan {
    /// Greatest number of elements of a repeated field of messages or strings, and of unknown fields of
    /// one message: protobuf-c keeps those too, at many times the bytes they came in.
    let greatestElements: Int
    /// Greatest number of elements of a repeated field of numbers.
    let greatestNumbers: Int

    /// For what clients send.
    static let request = PreScan(greatestElements: Limits.channels, greatestNumbers: Limits.historyPoints)
    /// For what the daemon sends.
    static let reply = PreScan(greatestElements: 1 << 16, greatestNumbers: 1 << 20)

    /// Fields a message of ours may have; a bit for each is kept.
    private static let greatestFields = 32

    /// Checks `message`; an error's field is relative to it.
    func check(
        _ message: RawSpan, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(RequestError) {
        var cursor = ByteCursor(message)
        var seen: UInt32 = 0
        var unknown = 0
        var counts = InlineArray<32, Int>(repeating: 0)
        precondition(unsafe descriptor.pointee.n_fields <= UInt32(Self.greatestFields))
        while !cursor.isAtEnd {
            let field: WireField
            do throws(WireFailure) {
                field = try cursor.readField()
            } catch {
                throw RequestError(.invalidArgument, error.message)
            }
            guard let known = unsafe protobuf_c_message_descriptor_get_field(descriptor, field.number) else {
                unknown += 1
                guard unknown <= greatestElements else {
                    throw RequestError(.invalidArgument, "more than \(greatestElements) unknown fields")
                }
                continue
            }
            let index = unsafe known - descriptor.pointee.fields
            if unsafe known.pointee.label == PROTOBUF_C_LABEL_REPEATED {
                let elements = try unsafe countElements(field, known, message)
                counts[index] += elements
                try unsafe checkCount(counts[index], known)
                try unsafe checkElement(field, known, message, at: counts[index] - 1)
            } else {
                guard seen & 1 << UInt32(index) == 0 else {
                    throw unsafe .invalid(Self.name(known), "is given twice")
                }
                seen |= 1 << UInt32(index)
                guard unsafe field.type == Self.wireType(known) else { throw unsafe Self.wrongType(field, known) }
                try unsafe checkElement(field, known, message, at: -1)
            }
        }
    }

    private func checkCount(_ count: Int, _ known: UnsafePointer<ProtobufCFieldDescriptor>) throws(RequestError) {
        let greatest = unsafe Self.wireType(known) == .lengthDelimited ? greatestElements : greatestNumbers
        guard count <= greatest else {
            throw unsafe .invalid(Self.name(known), "more than \(greatest) elements")
        }
    }

    /// How many elements of a repeated field this occurrence brings.
    private func countElements(
        _ field: WireField, _ known: UnsafePointer<ProtobufCFieldDescriptor>, _ message: RawSpan
    ) throws(RequestError) -> Int {
        let expected = unsafe Self.wireType(known)
        if field.type == expected { return 1 }
        // Numbers may come packed.
        guard field.type == .lengthDelimited else { throw unsafe Self.wrongType(field, known) }
        let bytes = field.content.count
        switch expected {
        case .fixed64, .fixed32:
            let size = expected == .fixed64 ? 8 : 4
            guard bytes % size == 0 else {
                throw unsafe .invalid(Self.name(known), "its packed bytes are no multiple of \(size)")
            }
            return bytes / size
        case .varint:
            var cursor = ByteCursor(message.extracting(field.content))
            var count = 0
            while !cursor.isAtEnd {
                guard (try? cursor.readVarint()) != nil else {
                    throw unsafe .invalid(Self.name(known), "a packed varint cannot be read")
                }
                count += 1
            }
            return count
        case .lengthDelimited:
            return 1
        }
    }

    /// - Parameter index: the element's; -1 for a singular field.
    private func checkElement(
        _ field: WireField, _ known: UnsafePointer<ProtobufCFieldDescriptor>, _ message: RawSpan, at index: Int
    ) throws(RequestError) {
        switch unsafe known.pointee.type {
        case PROTOBUF_C_TYPE_STRING:
            switch TextCheck(message.extracting(field.content)) {
            case .accepted: return
            case .invalidUTF8: throw unsafe .invalid(Self.path(known, index), "is not UTF-8")
            case .containsNUL: throw unsafe .invalid(Self.path(known, index), "contains a NUL")
            }
        case PROTOBUF_C_TYPE_MESSAGE:
            guard let inner = unsafe known.pointee.descriptor else { return }
            do throws(RequestError) {
                try unsafe check(
                    message.extracting(field.content),
                    inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))
            } catch {
                var outer = error
                let path = unsafe Self.path(known, index)
                outer.field = error.field.isEmpty ? path : "\(path).\(error.field)"
                throw outer
            }
        case PROTOBUF_C_TYPE_UINT32 where field.type == .varint && field.bits > UInt64(UInt32.max):
            // Other decoders keep the low 32 bits, which is nobody's intention.
            throw unsafe .invalid(Self.path(known, index), "\(field.bits) does not fit 32 bits")
        default:
            return
        }
    }

    private static func wireType(_ known: UnsafePointer<ProtobufCFieldDescriptor>) -> WireType {
        switch unsafe known.pointee.type {
        case PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_DOUBLE: .fixed64
        case PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FLOAT: .fixed32
        case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: .lengthDelimited
        default: .varint
        }
    }

    private static func name(_ known: UnsafePointer<ProtobufCFieldDescriptor>) -> String {
        unsafe String(cString: known.pointee.name)
    }

    private static func path(_ known: UnsafePointer<ProtobufCFieldDescriptor>, _ index: Int) -> String {
        unsafe index < 0 ? name(known) : "\(name(known))[\(index)]"
    }

    private static func wrongType(
        _ field: WireField, _ known: UnsafePointer<ProtobufCFieldDescriptor>
    ) -> RequestError {
        unsafe .invalid(name(known), "has wire type \(field.type.name), not \(wireType(known).name)")
    }
}
