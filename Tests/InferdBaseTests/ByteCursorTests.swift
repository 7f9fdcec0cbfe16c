import InferdBase
import InferdTestSupport
import Testing

struct ByteCursorTests {
    /// What the cursor reads at the front of `bytes`, and where it stands then.
    private func varint(_ bytes: [UInt8]) -> (Result<UInt64, ByteCursorError>, Int) {
        var cursor = unsafe ByteCursor(bytes.span.bytes)
        do {
            let value = try cursor.readVarint()
            return (.success(value), cursor.offset)
        } catch {
            return (.failure(error), cursor.offset)
        }
    }

    private func varint32(_ bytes: [UInt8]) -> (Result<UInt32, ByteCursorError>, Int) {
        var cursor = unsafe ByteCursor(bytes.span.bytes)
        do {
            let value = try cursor.readVarint32()
            return (.success(value), cursor.offset)
        } catch {
            return (.failure(error), cursor.offset)
        }
    }

    private func encoded(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    @Test func varintsOfEveryLengthAreRead() {
        for shift in 0..<64 {
            for value in [UInt64(1) << shift, UInt64(1) << shift - 1, .max >> shift] {
                let bytes = encoded(value)
                #expect(varint(bytes + [0xFF]) == (.success(value), bytes.count))
                let narrow = UInt32(exactly: value)
                let expected: (Result<UInt32, ByteCursorError>, Int) =
                    narrow.map { (.success($0), bytes.count) } ?? (.failure(.overlong), 0)
                #expect(varint32(bytes + [0xFF]) == expected)
            }
        }
    }

    @Test func paddedVarintsAreReadWithinTheirLength() {
        #expect(varint([0x81] + [UInt8](repeating: 0x80, count: 8) + [0]) == (.success(1), 10))
        #expect(varint([0x81] + [UInt8](repeating: 0x80, count: 9) + [0]) == (.failure(.overlong), 0))
        #expect(varint32([0x81, 0x80, 0x80, 0x80, 0]) == (.success(1), 5))
        #expect(varint32([0x81, 0x80, 0x80, 0x80, 0x80, 0]) == (.failure(.overlong), 0))
    }

    @Test func bitsBeyondTheKindAreOverlong() {
        #expect(varint([UInt8](repeating: 0xFF, count: 9) + [1]) == (.success(.max), 10))
        #expect(varint([UInt8](repeating: 0xFF, count: 9) + [2]) == (.failure(.overlong), 0))
        #expect(varint32([0xFF, 0xFF, 0xFF, 0xFF, 0x0F]) == (.success(.max), 5))
        #expect(varint32([0xFF, 0xFF, 0xFF, 0xFF, 0x10]) == (.failure(.overlong), 0))
    }

    @Test func truncatedReadsLeaveThePosition() throws {
        for length in 0..<10 {
            #expect(varint([UInt8](repeating: 0x80, count: length)) == (.failure(.truncated), 0))
        }
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        var cursor = unsafe ByteCursor(bytes.span.bytes)
        #expect(try cursor.take(1) == 0..<1)
        #expect(throws: ByteCursorError.truncated) { try Self.word64(bytes, after: 1) }
        #expect(try Self.word64(bytes, after: 0) == 0x0807_0605_0403_0201)
        #expect(try cursor.readLittleEndianUInt32() == 0x0504_0302)
        #expect((try? cursor.readLittleEndianUInt32()) == nil)
        #expect((try? cursor.readBigEndianUInt32()) == nil)
        #expect(cursor.offset == 5 && cursor.remaining == 3 && !cursor.isAtEnd)
        #expect((try? cursor.take(4)) == nil)
        #expect((try? cursor.take(-1)) == nil)
        #expect((try? cursor.take(.max)) == nil)
        #expect(cursor.offset == 5)
        #expect(try cursor.take(3) == 5..<8)
        #expect(cursor.remaining == 0)
        #expect(try cursor.take(0) == 8..<8)
        #expect((try? cursor.readByte()) == nil)
    }

    private static func word64(_ bytes: [UInt8], after count: Int) throws(ByteCursorError) -> UInt64 {
        var cursor = unsafe ByteCursor(bytes.span.bytes)
        _ = try cursor.take(count)
        return try cursor.readLittleEndianUInt64()
    }

    @Test func bigEndianIsReadFromTheFront() throws {
        let bytes: [UInt8] = [0xFF, 1, 2, 3, 4]
        var cursor = unsafe ByteCursor(bytes.span.bytes)
        #expect(try cursor.readByte() == 0xFF)
        #expect(try cursor.readBigEndianUInt32() == 0x0102_0304)
        #expect(cursor.remaining == 0)
    }

    @Test func randomReadsNeverLeaveTheBytes() {
        var random = SeededGenerator(for: "randomReadsNeverLeaveTheBytes")
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                [0, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
            }
            var cursor = unsafe ByteCursor(bytes.span.bytes)
            for _ in 0..<20 {
                let before = cursor.offset
                let failed: Bool =
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0: (try? cursor.readByte()) == nil
                    case 1: (try? cursor.readVarint()) == nil
                    case 2: (try? cursor.readVarint32()) == nil
                    case 3: (try? cursor.readLittleEndianUInt64()) == nil
                    case 4: (try? cursor.readBigEndianUInt32()) == nil
                    default: (try? cursor.take(Int.random(in: -3...50, using: &random))) == nil
                    }
                #expect(failed ? cursor.offset == before : cursor.offset >= before)
                #expect(cursor.remaining == bytes.count - cursor.offset && cursor.remaining >= 0)
            }
        }
    }
}
