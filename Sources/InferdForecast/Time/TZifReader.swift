import InferdBase

/// Takes a TZif file apart (RFC 8536, section 3).
enum TZifReader {
    struct Content {
        var transitions: [Int64] = []
        var offsets: [Int32] = []
        var firstOffset: Int32 = 0
        /// The TZ string between the last two newlines; empty: none.
        var footer = ""
    }

    private struct Header {
        var version: UInt8
        var utcIndicators: Int
        var standardIndicators: Int
        var leapSeconds: Int
        var transitions: Int
        var types: Int
        var characters: Int

        func dataBytes(timeBytes: Int) -> Int {
            transitions * (timeBytes + 1) + types * 6 + characters + leapSeconds * (timeBytes + 4)
                + standardIndicators + utcIndicators
        }
    }

    /// More than any real zone has; bounds the arithmetic on what a file claims.
    private static let greatestCount: UInt32 = 100_000

    static func read(_ file: RawSpan) throws(TimeTextError) -> Content {
        do {
            var cursor = ByteCursor(file)
            var header = try readHeader(&cursor)
            guard let first = header else { throw TimeTextError("not a TZif file") }
            var timeBytes = 4
            if first.version > 0 {
                // Version 1's data comes first, for old readers.
                _ = try cursor.take(first.dataBytes(timeBytes: 4))
                header = try readHeader(&cursor)
                timeBytes = 8
            }
            guard let header else { throw TimeTextError("the TZif file's second header is damaged") }
            guard header.leapSeconds == 0 else {
                throw TimeTextError("the zone counts leap seconds, which time stamps here do not")
            }
            guard header.types > 0 else { throw TimeTextError("the TZif file has no time types") }
            return try readData(file, &cursor, header, timeBytes: timeBytes)
        } catch let error as TimeTextError {
            throw error
        } catch {
            throw TimeTextError("the TZif file is truncated")
        }
    }

    @_lifetime(cursor: copy cursor)
    private static func readHeader(_ cursor: inout ByteCursor) throws(ByteCursorError) -> Header? {
        guard try cursor.readBigEndianUInt32() == 0x545A_6966 else { return nil }
        let version = try cursor.readByte()
        _ = try cursor.take(15)
        var counts = InlineArray<6, Int>(repeating: 0)
        for index in 0..<6 {
            let count = try cursor.readBigEndianUInt32()
            guard count <= greatestCount else { return nil }
            counts[index] = Int(count)
        }
        return Header(
            version: version, utcIndicators: counts[0], standardIndicators: counts[1], leapSeconds: counts[2],
            transitions: counts[3], types: counts[4], characters: counts[5])
    }

    @_lifetime(cursor: copy cursor)
    private static func readData(
        _ file: RawSpan, _ cursor: inout ByteCursor, _ header: Header, timeBytes: Int
    ) throws -> Content {
        var content = Content()
        for _ in 0..<header.transitions {
            let high = try cursor.readBigEndianUInt32()
            if timeBytes == 4 {
                content.transitions.append(Int64(Int32(bitPattern: high)))
            } else {
                let low = try cursor.readBigEndianUInt32()
                content.transitions.append(Int64(bitPattern: UInt64(high) << 32 | UInt64(low)))
            }
        }
        var types: [Int] = []
        for _ in 0..<header.transitions {
            types.append(Int(try cursor.readByte()))
        }
        var offsets: [Int32] = []
        for _ in 0..<header.types {
            offsets.append(Int32(bitPattern: try cursor.readBigEndianUInt32()))
            _ = try cursor.take(2)
        }
        guard types.allSatisfy({ $0 < offsets.count }),
            zip(content.transitions, content.transitions.dropFirst()).allSatisfy({ $0 < $1 }),
            offsets.allSatisfy({ abs(Int64($0)) < 86_400 * 2 })
        else {
            throw TimeTextError("the TZif file contradicts itself")
        }
        content.offsets = types.map { offsets[$0] }
        // Local time before the first transition is of type 0.
        content.firstOffset = offsets[0]
        _ = try cursor.take(
            header.characters + header.leapSeconds * (timeBytes + 4) + header.standardIndicators
                + header.utcIndicators)
        if timeBytes == 8 {
            content.footer = try readFooter(file, &cursor)
        }
        return content
    }

    @_lifetime(cursor: copy cursor)
    private static func readFooter(_ file: RawSpan, _ cursor: inout ByteCursor) throws -> String {
        guard try cursor.readByte() == 0x0A else { throw TimeTextError("the TZif file has no footer") }
        var text: [UInt8] = []
        while case let byte = try cursor.readByte(), byte != 0x0A {
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
