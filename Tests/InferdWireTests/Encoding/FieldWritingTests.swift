import InferdBase
import Testing

@testable import InferdWire

struct FieldWritingTests {
    private func written(_ write: (inout OwnedBytes) -> Void) -> [UInt8] {
        var bytes = OwnedBytes()
        write(&bytes)
        return bytes.span.array
    }

    @Test func varintsAreAsLongAsTheyMustBe() throws {
        for shift in 0..<64 {
            for value in [UInt64(1) << shift, UInt64(1) << shift - 1, .max >> shift] {
                let bytes = written { $0.appendVarint(value) }
                #expect(bytes.count == OwnedBytes.varintBytes(value))
                var cursor = unsafe ByteCursor(bytes.span.bytes)
                #expect(try cursor.readVarint() == value)
                #expect(cursor.remaining == 0)
            }
        }
    }

    @Test func defaultsAreLeftOut() {
        let bytes = written { bytes in
            bytes.appendField(1, varint: 0)
            bytes.appendField(1, 0 as UInt32)
            bytes.appendField(1, false)
            bytes.appendField(1, 0 as Float)
            bytes.appendField(1, 0 as Double)
            bytes.appendField(1, sfixed64: 0)
            bytes.appendField(1, "")
            bytes.appendField(1, RawSpan())
            bytes.appendField(1, [Double]().span)
            bytes.appendField(1, sfixed64: [Int64]().span)
            bytes.appendField(1, varints: [Int64]().span)
        }
        #expect(bytes.isEmpty)
        #expect(written { $0.appendField(1, -0.0 as Double) } == [9, 0, 0, 0, 0, 0, 0, 0, 0x80])
        #expect(written { $0.appendField(1, -0.0 as Float) } == [13, 0, 0, 0, 0x80])
        #expect(written { $0.appendElement(1, "") } == [10, 0])
    }

    /// Lengths around those at which their own length takes another byte.
    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])
    func aMessagesLengthIsRightWhateverWasExpected(length: Int) throws {
        let content = [UInt8](repeating: 0x5A, count: length)
        for expected in [0, 1, 127, 128, 16_384, 2_097_152, 300_000_000] {
            let bytes = written { bytes in
                bytes.append(0xEE)
                let mark = bytes.beginMessage(3, expectedBytes: expected)
                unsafe bytes.append(content.span.bytes)
                bytes.endMessage(mark)
                bytes.append(0xEF)
            }
            #expect(bytes.first == 0xEE && bytes.last == 0xEF)
            var cursor = unsafe ByteCursor(bytes.span.bytes)
            _ = try cursor.readByte()
            let field = try cursor.readField()
            #expect(field.number == 3 && field.type == .lengthDelimited)
            #expect(field.content.count == length && cursor.remaining == 1)
            // As short as it can be.
            #expect(field.content.lowerBound == 2 + OwnedBytes.varintBytes(UInt64(length)))
            #expect(bytes[field.content].allSatisfy { $0 == 0x5A })
        }
    }

    @Test func messagesWithinMessagesKeepTheirContent() throws {
        let bytes = written { bytes in
            let outer = bytes.beginMessage(1)
            for number in 1...20 as ClosedRange<UInt32> {
                let inner = bytes.beginMessage(number)
                for _ in 0..<number * 10 { bytes.append(UInt8(number)) }
                bytes.endMessage(inner)
            }
            bytes.endMessage(outer)
        }
        var cursor = unsafe ByteCursor(bytes.span.bytes)
        let outer = try cursor.readField()
        #expect(cursor.remaining == 0)
        let content = Array(bytes[outer.content])
        var inner = unsafe ByteCursor(content.span.bytes)
        for number in 1...20 as ClosedRange<UInt32> {
            let field = try inner.readField()
            #expect(field.number == number)
            #expect(Array(content[field.content]) == [UInt8](repeating: UInt8(number), count: Int(number) * 10))
        }
        #expect(inner.remaining == 0)
    }
}
