import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdJournal

/// The bytes as docs/FORMATS.md draws them.
struct SpoolFormatTests {
    @Test func aSegmentHeaderHasTheDocumentedBytes() throws {
        let header = SegmentHeader(
            bootID: BootID(high: 0x1122_3344_5566_7788, low: 0x99AA_BBCC_DDEE_FF00), firstBlock: 0x0102,
            mark: 0xDEAD_BEEF_0BAD_F00D, createdMicroseconds: SpoolSandbox.start)
        var bytes = OwnedBytes()
        header.encode(into: &bytes)
        #expect(
            hexadecimal(bytes.span) == """
                696e6673706f6f6c 01000000 00000000 8877665544332211 00ffeeddccbbaa99 \
                0201000000000000 0df0ad0befbeadde 008050a2e7eb0400 00000000
                """.filter { !$0.isWhitespace } + hexadecimal(CRC32C(of: bytes.span.extracting(first: 60)).value))
        #expect(try SegmentHeader(decoding: bytes.span) == header)
    }

    @Test func aBlockHasTheDocumentedBytes() throws {
        var builder = BlockBuilder(usualBytes: 64)
        let reason = Array("no".utf8)
        let payload = Array("event".utf8)
        unsafe builder.append(kind: 7, reason: reason.span.bytes, payload: payload.span.bytes)
        var bytes = OwnedBytes()
        builder.encode(number: 0x0203, mark: 0xDEAD_BEEF_0BAD_F00D, createdMicroseconds: 1, into: &bytes)
        let data = "05000000 07 02 6e6f 6576656e74".filter { $0 != " " }
        let checked = """
            0df0ad0befbeadde 0302000000000000 0100000000000000 01000000 0d000000 0d000000
            """.filter { $0 != " " && $0 != "\n" }
        #expect(
            hexadecimal(bytes.span) == "69424c4b" + hexadecimal(CRC32C(of: bytes.span.extracting(8..<48)).value)
                + checked + hexadecimal(CRC32C(of: bytes.span.extracting(48..<61)).value) + data)
    }

    @Test func aCursorHasTheDocumentedBytes() throws {
        var cursor = SpoolCursor()
        cursor.drainedThrough = 5
        cursor.nextBlock = 9
        var bytes = OwnedBytes()
        cursor.encode(into: &bytes)
        #expect(
            hexadecimal(bytes.span)
                == "696e666375727372" + "0500000000000000" + "0900000000000000" + "01000000"
                + hexadecimal(CRC32C(of: bytes.span.extracting(first: 28)).value))
        #expect(try SpoolCursor(decoding: bytes.span) == cursor)
    }

    @Test func aBlockThatClaimsMoreThanItMayIsNone() throws {
        func isTaken(_ change: (inout BlockHeader) -> Void) throws -> Bool {
            var header = BlockHeader(
                mark: 1, number: 1, createdMicroseconds: 0, recordCount: 2, rawBytes: 1000, storedBytes: 900,
                dataChecksum: 0)
            change(&header)
            var bytes = OwnedBytes()
            bytes.resize(to: SpoolFormat.blockHeaderBytes)
            header.store(into: &bytes, at: 0)
            return BlockHeader(decoding: bytes.span) != nil
        }
        #expect(try isTaken { _ in })
        #expect(try !isTaken { $0.rawBytes = UInt32(SpoolFormat.maximumRawBytes) + 1 })
        #expect(try !isTaken { $0.storedBytes = 1001 })
        #expect(try !isTaken { $0.storedBytes = 0 })
        // Nothing expands so much.
        #expect(
            try !isTaken {
                $0.rawBytes = 1_000_000; $0.storedBytes = 1000
            })
        #expect(try !isTaken { $0.recordCount = 0 })
        #expect(try !isTaken { $0.recordCount = 167 })
        #expect(try isTaken { $0.recordCount = 166 })
        #expect(try !isTaken { $0.number = 0 })
        #expect(try !isTaken { $0.number = SpoolFormat.maximumBlockNumber + 1 })
    }

    private func hexadecimal(_ bytes: RawSpan) -> String {
        (0..<bytes.byteCount).map { hexadecimal(bytes.littleEndian(at: $0, as: UInt8.self)) }.joined()
    }

    /// As it lies in a file.
    private func hexadecimal(_ value: some FixedWidthInteger) -> String {
        var text = ""
        for index in 0..<value.bitWidth / 8 {
            let byte = UInt8(truncatingIfNeeded: value >> (8 * index))
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}
