import Foundation
import InferdTestSupport
import Testing

@testable import InferdJournal

/// Reading while somebody writes.
struct SpoolReaderTests {
    @Test func aReaderFollowsTheWriter() throws {
        try SeedSweep.run("aReaderFollowsTheWriter", seeds: 40) { random in
            let sandbox = try SpoolSandbox()
            var writer = try sandbox.open()
            var reader = SpoolReader(directory: try SpoolDirectory(path: sandbox.path))
            var block = SpoolBlock()
            var (written, seen, hour) = (0, [String](), Int64(0))
            for _ in 0..<200 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0: hour += Int64.random(in: -1...1, using: &random)
                case 1, 2:
                    try writer.write(
                        ["\(written)"], at: SpoolSandbox.instant(hour * SpoolSandbox.hour + SpoolSandbox.hour * 500))
                    written += 1
                default:
                    while try reader.next(into: &block) == .block { seen += RecordedText.all(in: block).map(\.text) }
                    // All that is written, as long as retention is slower than the reader.
                    try require(seen.count == written, "\(seen.count) of \(written)")
                }
            }
            while try reader.next(into: &block) == .block { seen += RecordedText.all(in: block).map(\.text) }
            try require(seen == (0..<written).map { "\($0)" }, "\(seen)")
            try require(reader.report.isIntact, "\(reader.report)")
        }
    }

    @Test func aReaderWithAnExtentEndsThoughTheWriterGoesOn() throws {
        let sandbox = try SpoolSandbox()
        var writer = try sandbox.open()
        let directory = try SpoolDirectory(path: sandbox.path)
        var nothing = SpoolReader(directory: directory, within: try SpoolExtent(of: directory))
        try writer.write(["0"])
        let extent = try SpoolExtent(of: directory)
        var reader = SpoolReader(directory: directory, within: extent)
        var block = SpoolBlock()
        #expect(try nothing.next(into: &block) == .end)
        var seen: [String] = []
        // Each block that is read is followed by another, some in segments of their own.
        for hour in 1...3 as ClosedRange<Int64> {
            try writer.write(["\(hour)"], at: SpoolSandbox.instant((500 + hour / 2) * SpoolSandbox.hour))
            guard try reader.next(into: &block) == .block else { break }
            seen += RecordedText.all(in: block).map(\.text)
        }
        #expect(seen == ["0"])
        #expect(reader.report.isIntact)
        var whole = SpoolReader(directory: directory, within: try SpoolExtent(of: directory))
        var blocks = 0
        while try whole.next(into: &block) == .block { blocks += 1 }
        #expect(blocks == 3)
    }

    @Test func aBlockInTheMakingIsWaitedFor() throws {
        let sandbox = try SpoolSandbox()
        do {
            var writer = try sandbox.open()
            try writer.write(["one"])
            try writer.write(["two"])
        }
        let (path, bytes) = try sandbox.onlySegment()
        var reader: SpoolReader?
        var block = SpoolBlock()
        var seen: [String] = []
        // Byte for byte, as if written so.
        for length in 0...bytes.count {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: bytes.prefix(length))
            try file.close()
            if reader == nil { reader = SpoolReader(directory: try SpoolDirectory(path: sandbox.path)) }
            while try reader?.next(into: &block) == .block { seen += RecordedText.all(in: block).map(\.text) }
        }
        #expect(seen == ["one", "two"])
        #expect(reader?.report.isIntact == true)
        #expect(reader?.report.segments == 1)
    }

    @Test func aReaderThatRetentionOvertookGoesOnBehindIt() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.maximumBytes = 4_096
        var writer = try sandbox.open(configuration)
        var reader = SpoolReader(directory: try SpoolDirectory(path: sandbox.path))
        var block = SpoolBlock()
        try writer.write(["first"])
        #expect(try reader.next(into: &block) == .block)
        for number in 0..<500 { try writer.write(["\(number)"]) }
        var seen: [String] = []
        while try reader.next(into: &block) == .block { seen += RecordedText.all(in: block).map(\.text) }
        // The segment it had open it read to its end; then what is still there.
        #expect(seen.first == "0" && seen.last == "499")
        #expect(reader.report.missingBlocks == UInt64(500 - seen.count) && seen.count < 200)
        #expect(reader.report.damagedBlocks == 0)
    }

    @Test func aReaderBeginsWhereItIsTold() throws {
        let sandbox = try SpoolSandbox()
        var writer = try sandbox.open()
        for number in 1...60 { try writer.write(["\(number)"]) }
        for first in [1, 2, 30, 59, 60, 61] {
            let (records, report) = try sandbox.read(from: UInt64(first))
            #expect(records.map(\.text) == (first..<61).map { "\($0)" })
            #expect(report.isIntact && report.repeatedBlocks == 0)
        }
        #expect(try sandbox.read(from: 50).report.segments == 1)
    }

    @Test func aSegmentThatWasBegunAnewIsReadAnew() throws {
        let sandbox = try SpoolSandbox()
        let files = try FaultyFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.files.directory)
        var reader = SpoolReader(directory: try SpoolDirectory(path: sandbox.path))
        var block = SpoolBlock()
        // Room for a segment's header and a part of its first block that cannot be cut off.
        files.room = 100
        files.faults[.truncate] = .system(.truncate, code: 5)
        do throws(SpoolError) {
            try writer.write(["one"])
            Issue.record("written")
        } catch {
            #expect(error == .diskFull)
        }
        #expect(try reader.next(into: &block) == .end)
        #expect(reader.report.tornBytes == 36)
        files.room = .max
        files.faults = [:]
        try writer.flush(now: SpoolSandbox.instant())
        #expect(try reader.next(into: &block) == .block)
        #expect(RecordedText.all(in: block).map(\.text) == ["one"])
        #expect(reader.report.isIntact && reader.report.segments == 1)
    }

    @Test func aReaderNeedsNoRightToWriteAndMakesNothing() throws {
        let sandbox = try SpoolSandbox()
        #expect(throws: SpoolError.missing) { _ = try SpoolDirectory(path: sandbox.path) }
        try FileManager.default.createDirectory(atPath: sandbox.path, withIntermediateDirectories: false)
        #expect(try sandbox.read().report == SpoolReport())
        #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.path).isEmpty)
    }
}
