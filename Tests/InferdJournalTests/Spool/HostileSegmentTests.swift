import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdJournal

/// Segments that no writer wrote, with checksums that are right all the same.
struct HostileSegmentTests {
    @Test func anySegmentIsReadAndOpenedWithoutATrap() throws {
        let sandbox = try SpoolSandbox()
        do {
            var writer = try sandbox.open()
            for block in 0..<6 { try writer.write(["\(block)", String(repeating: "x", count: 40 * block)]) }
        }
        let (path, genuine) = try sandbox.onlySegment()
        try SeedSweep.run("anySegmentIsReadAndOpenedWithoutATrap", seeds: 400) { random in
            var bytes = genuine
            for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes, &random) }
            try SpoolSandbox.replace(path, bytes)
            let report = try sandbox.read().report
            try require(report.records <= bytes.count && report.blocks <= bytes.count / 48, "\(report)")
            try drain(sandbox)
            try? FileManager.default.removeItem(atPath: sandbox.path + "/cursor")
            for other in try sandbox.segments() where other != path {
                try FileManager.default.removeItem(atPath: other)
            }
            let hour = URL(fileURLWithPath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: hour, withIntermediateDirectories: true)
        }
    }

    /// What a daemon does with it: recovers, adds, drains, confirms. The bound and the sums hold.
    private func drain(_ sandbox: SpoolSandbox) throws {
        let files = try SystemSpoolFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.directory)
        do throws(SpoolError) {
            try writer.write(["new"])
        } catch .numbersExhausted {
            // Said by a header with the greatest number.
        }
        var drain = SpoolDrain(directory: files.directory, of: writer)
        var block = SpoolBlock()
        while try drain.next(of: &writer, into: &block) {
            try drain.confirm(through: block.number, in: &writer)
        }
        writer.checkInvariants()
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard bytes.count > 200 else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = .random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 60))
        case 2: bytes.insert(contentsOf: bytes[0..<place], at: place)
        default: forge(&bytes, &random)
        }
    }

    /// Writes something into a block's header, and its checksum after it.
    private func forge(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let starts = (64..<bytes.count - 48).filter { Array(bytes[$0..<$0 + 4]) == Array("iBLK".utf8) }
        guard let start = starts.randomElement(using: &random) else { return }
        let field = [16, 24, 32, 36, 40, 44].randomElement(using: &random) ?? 16
        let value =
            [0, 1, 2, 255, UInt32.max, .random(in: 0...UInt32.max, using: &random)]
            .randomElement(using: &random) ?? 0
        for index in 0..<4 { bytes[start + field + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
        let checksum = unsafe CRC32C(of: bytes.span.bytes.extracting(start + 8..<start + 48)).value
        for index in 0..<4 { bytes[start + 4 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
    }
}
