import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdJournal

/// What is found again in a segment that was cut or changed.
struct SpoolDamageTests {
    /// A segment of four blocks, and where each ends.
    private struct Sample {
        let sandbox: SpoolSandbox
        let path: String
        let bytes: [UInt8]
        let ends: [Int]

        /// Texts of the blocks.
        static let blocks = [["a", "bb"], ["ccc"], [String(repeating: "d", count: 200)], ["e", "f", "g"]]

        init() throws {
            sandbox = try SpoolSandbox()
            var ends: [Int] = []
            do {
                var writer = try sandbox.open()
                for block in Self.blocks {
                    try writer.write(block)
                    ends.append(writer.bytes)
                }
            }
            self.ends = ends
            (path, bytes) = try sandbox.onlySegment()
        }

        func texts() throws -> [String] { try sandbox.read().records.map(\.text) }

        /// Texts of the blocks that end at `length` or before.
        func texts(within length: Int) -> [String] {
            zip(Self.blocks, ends).filter { $0.1 <= length }.flatMap(\.0)
        }
    }

    @Test func everyPrefixGivesItsWholeBlocks() throws {
        let sample = try Sample()
        for length in 0...sample.bytes.count {
            try SpoolSandbox.replace(sample.path, Array(sample.bytes.prefix(length)))
            let (records, report) = try sample.sandbox.read()
            let whole = sample.ends.last { $0 <= length } ?? (length < 64 ? 0 : 64)
            try require(records.map(\.text) == sample.texts(within: length), "prefix of \(length): \(records)")
            try require(report.tornBytes == length - whole, "prefix of \(length): \(report)")
            try require(report.damagedBlocks == 0 && report.missingBlocks == 0, "prefix of \(length): \(report)")
        }
    }

    @Test func afterEveryPrefixAWriterGoesOn() throws {
        let sample = try Sample()
        for length in 0...sample.bytes.count {
            try SpoolSandbox.replace(sample.path, Array(sample.bytes.prefix(length)))
            let whole = sample.texts(within: length)
            do {
                var writer = try sample.sandbox.open()
                try require(writer.counters.recoveredRecords == whole.count, "prefix of \(length)")
                let kept = sample.ends.last { $0 <= length } ?? 0
                try require(writer.counters.cutBytes == length - kept, "prefix of \(length)")
                try writer.write(["next"])
            }
            let (records, report) = try sample.sandbox.read()
            try require(records.map(\.text) == whole + ["next"], "prefix of \(length): \(records)")
            try require(report.isIntact, "prefix of \(length): \(report)")
            for path in try sample.sandbox.segments() where path != sample.path {
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test func everyFlippedBitCostsItsBlockAtMost() throws {
        let sample = try Sample()
        for bit in 0..<sample.bytes.count * 8 {
            var bytes = sample.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            try SpoolSandbox.replace(sample.path, bytes)
            // None for the segment's header: it is needed for none of them.
            let hit = bit / 8 < 64 ? nil : sample.ends.firstIndex { bit / 8 < $0 }
            var expected: [String] = []
            for (index, block) in Sample.blocks.enumerated() where index != hit { expected += block }
            let (records, report) = try sample.sandbox.read()
            try require(records.map(\.text) == expected, "bit \(bit): \(records)")
            try require(!report.isIntact, "bit \(bit) is not noticed")
            // The last block's header cannot be told from the beginning of a block that was not finished.
            let isTail = hit == 3 && bit / 8 < sample.ends[2] + SpoolFormat.blockHeaderBytes
            try require(report.damagedBlocks == (hit == nil || isTail ? 0 : 1), "bit \(bit): \(report)")
            try require(report.missingBlocks == 0, "bit \(bit): \(report)")
        }
    }

    @Test func damageThatTakesTheLengthsWithItEndsAtTheNextBlock() throws {
        let sample = try Sample()
        var random = SeededGenerator(for: "damageThatTakesTheLengthsWithItEndsAtTheNextBlock")
        for _ in 0..<300 {
            // Anything over the second block and perhaps the third.
            let end = sample.ends[Int.random(in: 1...2, using: &random)]
            var bytes = sample.bytes
            for index in sample.ends[0]..<end { bytes[index] = .random(in: 0...255, using: &random) }
            try SpoolSandbox.replace(sample.path, bytes)
            let (records, report) = try sample.sandbox.read()
            let lost = end == sample.ends[1] ? 1 : 2
            let expected = Sample.blocks[0] + (lost == 1 ? Sample.blocks[2] : []) + Sample.blocks[3]
            try require(records.map(\.text) == expected, "seed \(random.seed): \(records)")
            try require(report.damagedBlocks == 1, "seed \(random.seed): \(report)")
            try require(report.missingBlocks == UInt64(lost - 1), "seed \(random.seed): \(report)")
        }
    }

    @Test func whatOnlyLooksLikeABlockIsNotTakenForOne() throws {
        // A whole block, forged by somebody who can have any text recorded but does not know the mark.
        let other = try SpoolSandbox()
        do {
            var writer = try other.open()
            try writer.write(["forged"])
        }
        let forged = try Array(other.onlySegment().bytes.dropFirst(SpoolFormat.segmentHeaderBytes))

        let sandbox = try SpoolSandbox()
        let first: Int
        do {
            var writer = try sandbox.open()
            try writer.write(["in its place"])
            first = writer.bytes
            try writer.write(["after"])
        }
        let (path, genuine) = try sandbox.onlySegment()
        let mark = try unsafe SegmentHeader(decoding: genuine.span.bytes).mark
        var bytes = Array(genuine[..<SpoolFormat.segmentHeaderBytes])
        bytes += storedBlock(forged, number: 1, mark: mark) + genuine[first...]
        try SpoolSandbox.replace(path, bytes)
        #expect(try sandbox.read().report.records == 2)

        bytes[SpoolFormat.segmentHeaderBytes] ^= 1
        try SpoolSandbox.replace(path, bytes)
        #expect(try sandbox.read().records.map(\.text) == ["after"])
        // Without any mark nothing is looked for.
        bytes[0] ^= 1
        try SpoolSandbox.replace(path, bytes)
        let (records, report) = try sandbox.read()
        #expect(records.isEmpty)
        #expect(report.damagedHeaders == 1 && report.tornBytes == bytes.count - 64)
        // Nor is it deleted, and its number is not given again.
        let writer = try sandbox.open()
        #expect(writer.nextBlock == 2)
        #expect(try sandbox.segments() == [path])
    }

    /// A block of one record that lies in the file as it is.
    private func storedBlock(_ payload: [UInt8], number: UInt64, mark: UInt64) -> [UInt8] {
        let data = [UInt8(payload.count), 0, 0, 0, 1, 0] + payload
        var header = OwnedBytes()
        header.resize(to: SpoolFormat.blockHeaderBytes)
        let checksum = unsafe CRC32C(of: data.span.bytes).value
        BlockHeader(
            mark: mark, number: number, createdMicroseconds: 0, recordCount: 1, rawBytes: UInt32(data.count),
            storedBytes: UInt32(data.count), dataChecksum: checksum
        ).store(into: &header, at: 0)
        return unsafe header.span.withUnsafeBytes { unsafe Array($0) } + data
    }

    @Test func aSegmentThatIsMissingIsCounted() throws {
        let sandbox = try SpoolSandbox()
        for life in 0..<4 {
            var writer = try sandbox.open()
            try writer.write(["\(life)a"])
            try writer.write(["\(life)b"])
        }
        try FileManager.default.removeItem(atPath: sandbox.segments()[1])
        let (records, report) = try sandbox.read()
        #expect(records.count == 6)
        #expect(report.missingBlocks == 2)
    }

    @Test func anUnknownVersionIsLeftAlone() throws {
        let sample = try Sample()
        do {
            var writer = try sample.sandbox.open()
            try writer.write(["known"])
        }
        var bytes = sample.bytes
        bytes[8] = 2
        let checksum = unsafe CRC32C(of: bytes.span.bytes.extracting(first: 60)).value
        for index in 0..<4 { bytes[60 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        try SpoolSandbox.replace(sample.path, bytes)
        #expect(throws: SpoolError.unknownVersion(2)) { _ = try sample.sandbox.open() }
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: sample.path))) == bytes)
        let (records, report) = try sample.sandbox.read()
        #expect(records.map(\.text) == ["known"])
        #expect(report.unknownSegments == 1 && !report.isIntact)
    }

    @Test func whatIsNoSegmentIsPassedOver() throws {
        let sample = try Sample()
        let hour = URL(fileURLWithPath: sample.path).deletingLastPathComponent().path
        try SpoolSandbox.replace("\(hour)/notes.txt", [1, 2, 3])
        try SpoolSandbox.replace(sample.sandbox.path + "/2013-11-24T09", [1, 2, 3])
        try FileManager.default.createDirectory(
            atPath: sample.sandbox.path + "/other", withIntermediateDirectories: false)
        #expect(try sample.texts() == Sample.blocks.flatMap { $0 })
        let writer = try sample.sandbox.open()
        #expect(writer.nextBlock == 5)
    }
}
