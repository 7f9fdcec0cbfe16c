import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

struct FrameCompressionTests {
    private func decompress(_ block: [UInt8], _ size: Int, into target: inout OwnedBytes) throws(RequestError) {
        try unsafe FrameCompression.decompress(block.span.bytes, uncompressedBytes: size, into: &target)
    }

    private func error(_ block: [UInt8], _ size: Int) -> RequestError? {
        var target = OwnedBytes()
        do throws(RequestError) {
            try decompress(block, size, into: &target)
            return nil
        } catch {
            #expect(target.count == 0)
            return error
        }
    }

    @Test func aBombIsRefusedWithoutItsMemory() {
        var target = OwnedBytes()
        let block = [UInt8](repeating: 0xFF, count: 100)
        #expect(throws: RequestError.self) { try decompress(block, Limits.defaultFrameBytes, into: &target) }
        #expect(target.capacity == 0)
        #expect(error(block, Limits.defaultFrameBytes)?.message.contains("cannot hold") == true)
    }

    @Test func wrongSizesAreNamed() {
        let hello = [0x50] + Array("hello".utf8)
        #expect(error(hello, 5) == nil)
        #expect(error(hello, 6)?.message.contains("holds 5 bytes, not the declared 6") == true)
        #expect(error(hello, 4)?.message.contains("longer than the declared 4") == true)
        #expect(error([], 0)?.code == .invalidArgument)
        #expect(error([], 1)?.code == .invalidArgument)
        // A block of nothing is a message of nothing.
        #expect(error([0], 0) == nil)
    }

    @Test func theTargetIsEmptiedFirst() throws {
        var target = OwnedBytes()
        target.resize(to: 50)
        try decompress([0x50] + Array("hello".utf8), 5, into: &target)
        #expect(target.span.array == Array("hello".utf8))
    }

    private func writer(_ message: [UInt8], behind: Int = 0) -> (bytes: [UInt8], isCompressed: Bool) {
        var bytes = OwnedBytes()
        bytes.resize(to: behind)
        let start = bytes.beginFrame()
        unsafe bytes.append(message.span.bytes)
        bytes.endFrame(at: start)
        var scratch = OwnedBytes()
        let isCompressed = FrameCompression.compressFrame(at: start, in: &bytes, scratch: &scratch)
        return (bytes.span.array, isCompressed)
    }

    @Test func aCompressedFrameComesBackAsItWas() throws {
        let message = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 / 100) }
        let (bytes, isCompressed) = writer(message, behind: 3)
        #expect(isCompressed && bytes.count < message.count - message.count / 8)
        #expect(bytes[..<3] == [0, 0, 0])
        let frame = Array(bytes[3...])
        let scan = unsafe FrameScanner.scan(frame.span.bytes, maximumMessageBytes: message.count)
        guard case .frame(true, let payload, message.count, frame.count) = scan else {
            Issue.record("\(scan)")
            return
        }
        var target = OwnedBytes()
        try decompress(Array(frame[payload]), message.count, into: &target)
        #expect(target.span.array == message)
    }

    @Test func whatDoesNotSaveAnEighthStaysPlain() {
        var random = SeededGenerator(for: "whatDoesNotSaveAnEighthStaysPlain")
        let noise = (0..<5_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let short = [UInt8](repeating: 0, count: FrameCompression.worthwhileBytes - 1)
        for message in [noise, short, []] {
            let (bytes, isCompressed) = writer(message)
            #expect(!isCompressed)
            #expect(bytes == FrameSocket.frame(message))
        }
        #expect(writer(short + [0]).isCompressed)
    }

    @Test func randomBlocksNeverTrap() {
        var random = SeededGenerator(for: "randomBlocksNeverTrap")
        let good = writer((0..<2_000).map { UInt8(truncatingIfNeeded: $0 / 9) }).bytes.dropFirst(9)
        for _ in 0..<5_000 {
            var block = Array(good)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                block[Int.random(in: 0..<block.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            block.removeLast(Int.random(in: 0...3, using: &random))
            let size = Bool.random(using: &random) ? 2_000 : Int.random(in: 0...4_000, using: &random)
            var target = OwnedBytes()
            let succeeded = (try? decompress(block, size, into: &target)) != nil
            #expect(target.count == (succeeded ? size : 0))
        }
    }
}
