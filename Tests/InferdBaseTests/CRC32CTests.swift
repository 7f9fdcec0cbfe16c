import CLinux
import InferdBase
import InferdTestSupport
import Testing

struct CRC32CTests {
    /// The definition, bit by bit.
    private static func reference(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = .max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        }
        return ~crc
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe CRC32C(of: bytes.span.bytes).value
    }

    private static func portable(_ bytes: [UInt8], after crc: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe inferd_crc32c_portable(crc, $0.baseAddress, $0.count) }
    }

    @Test("The examples of RFC 3720, appendix B.4, come out")
    func publishedExamplesComeOut() {
        let examples: [([UInt8], UInt32)] = [
            ([], 0),
            (Array("123456789".utf8), 0xE306_9283),
            (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xff, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E),
            (Array((0..<32).reversed()), 0x113F_DB5C),
        ]
        for (bytes, expected) in examples {
            #expect(Self.checksum(bytes) == expected)
            #expect(Self.portable(bytes) == expected)
        }
    }

    @Test("Instruction, tables and definition agree at every length and alignment")
    func implementationsAgree() throws {
        try SeedSweep.run("implementationsAgree", seeds: 4) { generator in
            let bytes = (0..<160).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            for start in 0..<9 {
                for end in start..<bytes.count {
                    let part = Array(bytes[start..<end])
                    let expected = Self.reference(part)
                    let sum = unsafe CRC32C(of: bytes.span.bytes.extracting(start..<end)).value
                    try require(sum == expected, "instruction, bytes \(start) to \(end)")
                    try require(Self.portable(part) == expected, "tables, bytes \(start) to \(end)")
                }
            }
        }
    }

    @Test("Bytes in pieces count as bytes in one")
    func piecesCountAsOne() {
        let bytes = (0..<100).map { UInt8($0) }
        let whole = Self.checksum(bytes)
        for cut in 0...bytes.count {
            var pieces = CRC32C()
            unsafe pieces.update(with: bytes.span.bytes.extracting(first: cut))
            unsafe pieces.update(with: bytes.span.bytes.extracting(droppingFirst: cut))
            #expect(pieces.value == whole)
            var rest = unsafe CRC32C(continuing: CRC32C(of: bytes.span.bytes.extracting(first: cut)).value)
            unsafe rest.update(with: bytes.span.bytes.extracting(droppingFirst: cut))
            #expect(rest.value == whole)
            #expect(Self.portable(Array(bytes[cut...]), after: Self.portable(Array(bytes[..<cut]))) == whole)
        }
    }

    @Test("Every flipped bit changes the checksum")
    func everyFlippedBitIsSeen() {
        let bytes = (0..<64).map { UInt8($0) }
        let whole = Self.checksum(bytes)
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(Self.checksum(damaged) != whole)
        }
    }
}
