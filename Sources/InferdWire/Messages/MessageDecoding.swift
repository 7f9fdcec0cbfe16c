import CInferdProto
import InferdBase

/// Decodes `bytes` into `arena`, which is reset first, once the pre-scan has passed it.
/// - Parameters:
///   - name: what error paths begin with.
/// - Returns: protobuf-c's message, valid until the arena's next reset.
func decodeMessage<Message>(
    _ bytes: RawSpan, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ type: Message.Type,
    name: String, scan: PreScan, arena: inout MessageArena
) throws(RequestError) -> UnsafePointer<Message> {
    do throws(RequestError) {
        try unsafe scan.check(bytes, descriptor)
    } catch {
        var named = error
        named.field = error.field.isEmpty ? name : "\(name).\(error.field)"
        throw named
    }
    // Packed varints grow most: a byte becomes eight.
    arena.reset(budget: bytes.byteCount * 8 + (64 << 10))
    var allocator = unsafe arena.allocator
    let message = unsafe bytes.withUnsafeBytes { buffer in
        unsafe protobuf_c_message_unpack(
            descriptor, &allocator, buffer.count, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    guard let message = unsafe message else {
        if arena.isExhausted {
            throw RequestError(.resourceExhausted, "decoding takes more memory than allowed", field: name)
        }
        throw .invalid(name, "the message cannot be decoded")
    }
    return unsafe UnsafeRawPointer(message).assumingMemoryBound(to: Message.self)
}

/// A C string's bytes without the closing zero.
func textBytes(_ text: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer {
    guard let text = unsafe text else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
    var count = 0
    while unsafe text[count] != 0 { count += 1 }
    return unsafe UnsafeRawBufferPointer(start: text, count: count)
}
