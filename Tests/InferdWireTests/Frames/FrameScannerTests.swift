import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

struct FrameScannerTests {
    private func scan(_ bytes: [UInt8], maximum: Int = 1_000) -> FrameScan {
        unsafe FrameScanner.scan(bytes.span.bytes, maximumMessageBytes: maximum)
    }

    private func frame(_ message: [UInt8], flags: UInt8 = 0) -> [UInt8] {
        let length = UInt32(message.count)
        return [flags] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) } + message
    }

    private func refusal(_ scan: FrameScan) -> RequestError? {
        if case .refused(let error) = scan { error } else { nil }
    }

    @Test func aWholeFrameIsFoundWhateverFollows() {
        for rest in [[], [0], [9, 9, 9, 9, 9, 9]] as [[UInt8]] {
            #expect(
                scan(frame([1, 2, 3]) + rest)
                    == .frame(compressed: false, payload: 5..<8, uncompressedBytes: 3, total: 8))
            #expect(scan(frame([]) + rest) == .frame(compressed: false, payload: 5..<5, uncompressedBytes: 0, total: 5))
            #expect(
                scan(frame([0, 0, 1, 0, 0x10, 0x41], flags: 1) + rest)
                    == .frame(compressed: true, payload: 9..<11, uncompressedBytes: 256, total: 11))
        }
    }

    @Test func everyShorterFrontIsIncompleteAndSaysWhatItNeeds() {
        for whole in [frame([1, 2, 3]), frame([0, 0, 1, 0, 0x10, 0x41], flags: 1)] {
            for length in 0..<whole.count {
                guard case .incomplete(let needed) = scan(Array(whole[..<length])) else {
                    Issue.record("\(length) of \(whole.count) bytes: \(scan(Array(whole[..<length])))")
                    continue
                }
                // More than there is, or the caller would wait for nothing; never past the frame's end.
                #expect(needed > length && needed <= whole.count)
                #expect(needed == (length < 5 ? 5 : length < 9 && whole[0] == 1 ? 9 : whole.count))
            }
        }
    }

    @Test func unknownFlagsAreRefusedAtTheFirstByte() {
        for flags in 2...255 as ClosedRange<UInt8> {
            #expect(refusal(scan([flags]))?.message.contains("flags \(flags)") == true)
        }
    }

    @Test func aLengthOverTheLimitIsRefusedByTheHeaderAlone() {
        #expect(scan([0, 0, 0, 3, 0xE8]) == .incomplete(needed: 1_005))
        #expect(refusal(scan([0, 0, 0, 3, 0xE9]))?.message.contains("1001 bytes; at most 1000") == true)
        #expect(refusal(scan([0, 0xFF, 0xFF, 0xFF, 0xFF])) != nil)
        #expect(scan([0, 0, 0, 0, 0], maximum: 0) != .incomplete(needed: 5))
        #expect(refusal(scan([0, 0, 0, 0, 1], maximum: 0)) != nil)
    }

    @Test func aCompressedFrameIsHeldToItsUncompressedSize() {
        // 1,000 bytes compress to 1,019 at worst, and four bytes of size stand before.
        #expect(scan([1, 0, 0, 3, 0xFF]) == .incomplete(needed: 9))
        #expect(refusal(scan([1, 0, 0, 4, 0])) != nil)
        #expect(refusal(scan([1, 0xFF, 0xFF, 0xFF, 0xFF])) != nil)
        #expect(scan([1, 0, 0, 0, 9, 0, 0, 3, 0xE8]) == .incomplete(needed: 14))
        #expect(refusal(scan([1, 0, 0, 0, 9, 0, 0, 3, 0xE9]))?.message.contains("1001") == true)
        #expect(refusal(scan([1, 0, 0, 0, 9, 0xFF, 0xFF, 0xFF, 0xFF])) != nil)
    }

    @Test func aCompressedFrameWithoutABlockIsRefused() {
        for length in 0...4 as ClosedRange<UInt8> {
            #expect(refusal(scan([1, 0, 0, 0, length]))?.message.contains("holds no block") == true)
        }
    }

    /// Plays a connection: bytes come in pieces, and a frame is looked for when enough are there.
    private func feed(_ stream: [UInt8], pieces: [Int]) -> (messages: [[UInt8]], scans: Int) {
        var input = OwnedBytes()
        var found: [[UInt8]] = []
        var needed = 0
        var scans = 0
        var start = 0
        for piece in pieces + [stream.count] {
            let end = min(start + piece, stream.count)
            unsafe input.append(stream[start..<end].span.bytes)
            start = end
            scanning: while !input.isEmpty && input.count >= needed {
                scans += 1
                switch FrameScanner.scan(input.span, maximumMessageBytes: 1_000) {
                case .incomplete(let more):
                    needed = more
                    break scanning
                case .frame(let compressed, let payload, let size, let total):
                    needed = 0
                    var message = OwnedBytes()
                    if compressed {
                        try? FrameCompression.decompress(
                            input.span.extracting(payload), uncompressedBytes: size, into: &message)
                    } else {
                        message.append(input.span.extracting(payload))
                    }
                    found.append(message.span.array)
                    input.removeFirst(total)
                case .refused:
                    return (found, scans)
                }
            }
        }
        return (found, scans)
    }

    private static let messages: [[UInt8]] = [[], [1], Array(0..<40), [UInt8](repeating: 7, count: 300), [2, 3]]

    /// The messages above, one of them compressed.
    private var stream: [UInt8] {
        var bytes = OwnedBytes()
        for message in Self.messages {
            let start = bytes.beginFrame()
            unsafe bytes.append(message.span.bytes)
            bytes.endFrame(at: start)
        }
        let block: [UInt8] = [0, 0, 0, 24, 0x1E, 0x41, 1, 0, 0x50, 0x42, 0x42, 0x42, 0x42, 0x42]
        return bytes.span.array + frame(block, flags: 1) + frame([9])
    }

    private var expected: [[UInt8]] {
        Self.messages + [[UInt8](repeating: 0x41, count: 19) + [UInt8](repeating: 0x42, count: 5), [9]]
    }

    @Test func framesComeOutWhereverTheStreamIsSplit() {
        let stream = stream
        for split in 0...stream.count {
            #expect(feed(stream, pieces: [split]).messages == expected, "split at \(split)")
        }
        #expect(feed(stream, pieces: [Int](repeating: 1, count: stream.count)).messages == expected)
    }

    @Test func bytesThatComeSinglyCostFewScans() {
        let stream = stream
        let fed = feed(stream, pieces: [Int](repeating: 1, count: stream.count))
        // Header, size, whole; not once a byte.
        #expect(fed.scans <= 4 * expected.count)
    }

    @Test func framesComeOutInRandomPieces() {
        var random = SeededGenerator(for: "framesComeOutInRandomPieces")
        for _ in 0..<300 {
            let pieces = (0..<60).map { _ in Int.random(in: 0...20, using: &random) }
            #expect(feed(stream, pieces: pieces).messages == expected)
        }
    }

    @Test func randomBytesGiveRangesWithinThem() {
        var random = SeededGenerator(for: "randomBytesGiveRangesWithinThem")
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                [0, 0, 1, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
            }
            if Bool.random(using: &random) { bytes = frame(bytes, flags: UInt8.random(in: 0...1, using: &random)) }
            let maximum = [0, 10, 1_000, Limits.maximumFrameBytes].randomElement(using: &random) ?? 0
            switch scan(bytes, maximum: maximum) {
            case .refused(let error): #expect(error.code == .invalidArgument)
            case .incomplete(let needed): #expect(needed > bytes.count)
            case .frame(_, let payload, let size, let total):
                #expect(payload.lowerBound >= 5 && payload.upperBound == total && total <= bytes.count)
                #expect(size <= maximum)
            }
        }
    }
}
