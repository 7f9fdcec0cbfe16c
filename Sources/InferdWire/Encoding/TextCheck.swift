/// What a protobuf string may hold: UTF-8, and no NUL, which would end it early in C.
enum TextCheck {
    case accepted
    case invalidUTF8
    case containsNUL

    init(_ text: RawSpan) {
        var offset = 0
        let count = text.byteCount
        // Eight bytes at a time while all are ASCII and none is NUL.
        while count &- offset >= 8 {
            let word = unsafe text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            // A zero byte borrows into its top bit; bytes of 0x80 and more are caught by the mask.
            if word & 0x8080_8080_8080_8080 != 0 { break }
            if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 {
                self = .containsNUL
                return
            }
            offset &+= 8
        }
        while offset < count {
            let byte = unsafe text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            if byte == 0 {
                self = .containsNUL
                return
            }
            if byte >= 0x80 { break }
            offset &+= 1
        }
        self = offset == count ? .accepted : Self.checkScalars(text.extracting(offset..<count))
    }

    private static func checkScalars(_ text: RawSpan) -> TextCheck {
        for offset in 0..<text.byteCount where unsafe text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0 {
            return .containsNUL
        }
        // Bytes are valid as UInt8 whatever they hold.
        let units = Span<UInt8>(_bytes: text)
        return (try? UTF8Span(validating: units)) == nil ? .invalidUTF8 : .accepted
    }
}
