import Foundation
import InferdBase
import Testing

@testable import InferdJournal

/// The format that docs/FORMATS.md describes, byte by byte.
struct RingLayoutTests {
    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        stride(from: bytes.startIndex, to: bytes.endIndex, by: 16).map { start in
            bytes[start..<min(start + 16, bytes.endIndex)].map {
                String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
            }
            .joined()
        }.joined(separator: "\n")
    }

    @Test("A ring's bytes are those of the documented format")
    func goldenBytes() throws {
        let ring = try TestRing()
        #expect(ring.commit([0x61, 0x62, 0x63], kind: 1))
        _ = try #require(ring.reserve(9))
        let taken = try #require(ring.take())
        ring.markDelivered(taken.record.ticket)
        ring.release()
        let bytes = try Array(Data(contentsOf: URL(filePath: ring.path)))

        #expect(bytes.count == 4096 + 1024)
        #expect(
            Self.hexadecimal(bytes[0..<64]) == Golden.header)
        #expect(bytes[64..<128].allSatisfy { $0 == 0 })
        // Tail: two records of 48 and 64 bytes. One was committed.
        #expect(
            Self.hexadecimal(bytes[128..<144]) == """
                70000000000000000100000000000000
                """)
        #expect(bytes[144..<256].allSatisfy { $0 == 0 })
        // Head: behind the first; and its complement.
        #expect(Self.hexadecimal(bytes[256..<272]) == "3000000000000000cfffffffffffffff")
        #expect(bytes[272..<4096].allSatisfy { $0 == 0 })
        #expect(Self.hexadecimal(bytes[4096..<4096 + 48]) == Golden.deliveredRecord)
        #expect(Self.hexadecimal(bytes[4144..<4144 + 40]) == Golden.reservedRecord)
        #expect(bytes[4184...].allSatisfy { $0 == 0 })
    }

    @Test("What two threads write lies two cache lines apart, and what is atomic lies aligned")
    func sharedWordsLieApart() {
        #expect(RingLayout.headOffset - RingLayout.tailOffset >= 128)
        #expect(RingLayout.headerPageBytes - RingLayout.headOffset >= 128)
        #expect(RingLayout.tailOffset - RingLayout.constantsCheckOffset >= 64)
        for offset in [RingLayout.headOffset, RingLayout.tailOffset, RingLayout.committedCountOffset] {
            #expect(offset % 8 == 0)
        }
        #expect(RingLayout.alignment % 8 == 0 && RingLayout.stateOffset % 4 == 0)
        #expect(RingLayout.recordHeaderBytes % 8 == 0, "payloads lie aligned")
    }

    @Test("A ring of the usual size takes the event of the longest forecast")
    func usualSizeTakesTheLongestForecast() {
        Limits.checkRelations()
        #expect(RingLayout.isValid(capacity: Limits.ringBytes))
        #expect(
            RingLayout.maximumPayloadBytes(capacity: Limits.ringBytes)
                > Limits.horizon * (Limits.quantiles + 2) * 8 * 2)
    }
}

/// The checksums were computed by another implementation, from the documented format.
private enum Golden {
    static let header = """
        494e465244524e470100000003000000
        00040000000000007766554433221100
        ffeeddccbbaa99880000000000000000
        000000000000000000000000b69b0624
        """
    static let deliveredRecord = """
        34564c44300000000000000000000000
        0100000000000000030000000dfdfa8e
        f633f666010000006162630000000000
        """
    static let reservedRecord = """
        31534552400000003000000000000000
        00000000000000000000000000000000
        a2575da000000000
        """
}
