import InferdBase
import InferdTestSupport
import Testing

struct LZ4BlockTests {
    private func compressed(_ source: [UInt8], maximumBytes: Int = 1 << 20) -> [UInt8]? {
        var target = OwnedBytes()
        guard unsafe LZ4Block.compress(source.span.bytes, into: &target, maximumBytes: maximumBytes) != nil else {
            #expect(target.count == 0)
            return nil
        }
        return unsafe target.span.withUnsafeBytes { unsafe Array($0) }
    }

    private func decompressed(_ block: [UInt8], _ bytes: Int) throws(LZ4Block.DecompressionError) -> [UInt8] {
        var target = unsafe OwnedBytes(copying: [0xAB as UInt8].span.bytes)
        do throws(LZ4Block.DecompressionError) {
            try unsafe LZ4Block.decompress(block.span.bytes, uncompressedBytes: bytes, into: &target)
        } catch {
            #expect(target.count == 1, "a failure appends nothing")
            throw error
        }
        return unsafe target.span.withUnsafeBytes { unsafe Array($0.dropFirst()) }
    }

    @Test(arguments: [0, 1, 12, 13, 255, 4_096, 300_000])
    func aBlockComesBackAsItWas(length: Int) throws {
        let source = (0..<length).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let block = try #require(compressed(source))
        #expect(try decompressed(block, length) == source)
        #expect(LZ4Block.isPlausible(compressed: block.count, uncompressed: length))
    }

    @Test func knownBlocksAreRead() throws {
        // Five literals; then one literal, a match of 18 bytes one back, and five literals.
        #expect(try decompressed([0x50] + Array("hello".utf8), 5) == Array("hello".utf8))
        let block: [UInt8] = [0x1E, 0x41, 1, 0, 0x50, 0x42, 0x42, 0x42, 0x42, 0x42]
        #expect(try decompressed(block, 24) == [UInt8](repeating: 0x41, count: 19) + [0x42, 0x42, 0x42, 0x42, 0x42])
        #expect(try decompressed([0], 0).isEmpty)
    }

    @Test func aWrongSizeIsRefusedEitherWay() {
        let block: [UInt8] = [0x50] + Array("hello".utf8)
        #expect(throws: LZ4Block.DecompressionError.short(5)) { try decompressed(block, 6) }
        #expect(throws: LZ4Block.DecompressionError.malformed) { try decompressed(block, 4) }
        #expect(throws: LZ4Block.DecompressionError.malformed) { try decompressed(block, 0) }
    }

    @Test func malformedBlocksAreRefused() {
        // Nothing; a match before the first byte; an offset of 0; literals and lengths that are cut.
        for block: [UInt8] in [[], [0x04, 1, 0], [0x14, 0x41, 0, 0], [0x50, 0x41], [0xF0], [0xF0, 0xFF]] {
            #expect(throws: LZ4Block.DecompressionError.malformed) { try decompressed(block, 100) }
        }
    }

    @Test func sizesBeyondTheLibraryAreRefused() {
        #expect(throws: LZ4Block.DecompressionError.tooLarge) { try decompressed([0], Int(Int32.max) + 1) }
        #expect(throws: LZ4Block.DecompressionError.tooLarge) { try decompressed([0], -1) }
    }

    @Test func whatDoesNotFitIsNotCompressed() {
        var random = SeededGenerator(for: "whatDoesNotFitIsNotCompressed")
        let noise = (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(compressed(noise, maximumBytes: 1_900) == nil)
        #expect(compressed(noise, maximumBytes: 0) == nil)
        #expect(compressed(noise, maximumBytes: -1) == nil)
        #expect(compressed(noise, maximumBytes: 2_100) != nil)
    }

    @Test func plausibilityNeverRefusesARealBlock() throws {
        // Zeros compress best.
        for length in [0, 1, 64, 1_000, 1 << 20, 8 << 20] {
            let block = try #require(compressed([UInt8](repeating: 0, count: length)))
            #expect(LZ4Block.isPlausible(compressed: block.count, uncompressed: length))
        }
        #expect(!LZ4Block.isPlausible(compressed: 10, uncompressed: 8 << 20))
        #expect(LZ4Block.isPlausible(compressed: .max, uncompressed: .max))
    }

    @Test func randomBlocksNeverWriteBeyondTheirSize() {
        var random = SeededGenerator(for: "randomBlocksNeverWriteBeyondTheirSize")
        for _ in 0..<5_000 {
            let block = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                [0, 1, 0x10, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
            }
            let size = Int.random(in: 0...300, using: &random)
            if let bytes = try? decompressed(block, size) { #expect(bytes.count == size) }
        }
    }
}
