import Foundation
import InferdTestSupport
import Testing

@testable import InferdJournal

/// The file system fails; nothing that was said to be written is lost.
struct SpoolFaultTests {
    private static let codes: [SpoolError] = [
        .diskFull, .readOnly, .denied(.write), .system(.write, code: 5), .system(.sync, code: 5),
    ]

    @Test(arguments: codes)
    func aWriteThatFailsLeavesWholeBlocks(error: SpoolError) throws {
        let sandbox = try SpoolSandbox()
        let files = try FaultyFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.files.directory)
        try writer.write(["one"])
        files.faults[.write] = error
        for _ in 0..<3 { #expect(throws: error) { try writer.flushing("two") } }
        #expect(writer.counters.failedWrites == 3)
        #expect(writer.bufferedRecords == 3 && writer.nextBlock == 2)
        let (records, report) = try sandbox.read()
        #expect(records.map(\.text) == ["one"] && report.isIntact)
        files.faults = [:]
        try writer.write(["three"])
        #expect(try sandbox.read().records.map(\.text) == ["one", "two", "two", "two", "three"])
        #expect(try sandbox.segments().count == 1)
    }

    @Test func writesInSmallPartsAddUp() throws {
        let sandbox = try SpoolSandbox()
        let files = try FaultyFiles(path: sandbox.path)
        files.greatestWrite = 3
        var writer = try sandbox.open(files, directory: files.files.directory)
        for number in 0..<10 { try writer.write(["\(number)"]) }
        #expect(try sandbox.read().report.isIntact)
        #expect(try sandbox.read().records.count == 10)
    }

    @Test func aDiskThatFillsUpAtAnyByteLosesNothing() throws {
        for room in 0..<300 {
            let sandbox = try SpoolSandbox()
            let files = try FaultyFiles(path: sandbox.path)
            files.room = room
            var writer = try sandbox.open(files, directory: files.files.directory)
            var written = 0
            do throws(SpoolError) {
                for number in 0..<10 {
                    try writer.write(["\(number)"])
                    written += 1
                }
            } catch {
                try require(error == .diskFull, "room for \(room): \(error)")
            }
            let (records, report) = try sandbox.read()
            try require(records.map(\.text) == (0..<written).map { "\($0)" }, "room for \(room): \(records)")
            // A segment whose header did not fit is in nobody's way.
            try require(report.damagedBlocks == 0 && (written == 0 || report.isIntact), "room for \(room): \(report)")
            files.room = .max
            try writer.write(["last"])
            let all = (0...written).map { "\($0)" } + ["last"]
            try require(try sandbox.read().records.map(\.text) == all, "room for \(room)")
            try require(try sandbox.read().report.isIntact, "room for \(room)")
        }
    }

    @Test func nothingIsAddedToASegmentThatCouldNotBeSynced() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.syncs = true
        let files = try FaultyFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.files.directory, configuration)
        try writer.write(["one"])
        files.faults[.sync] = .system(.sync, code: 5)
        #expect(throws: SpoolError.system(.sync, code: 5)) { try writer.flushing("two") }
        #expect(writer.nextBlock == 2)
        files.faults = [:]
        try writer.write(["three"])
        let (records, report) = try sandbox.read()
        #expect(records.map(\.text) == ["one", "two", "three"])
        #expect(report.isIntact)
        #expect(try sandbox.segments().map { $0.suffix(8) } == ["0001.seg", "0002.seg"])
    }

    @Test func aBlockThatCouldNotBeCutAwayIsReadOnce() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.syncs = true
        let files = try FaultyFiles(path: sandbox.path)
        do {
            var writer = try sandbox.open(files, directory: files.files.directory, configuration)
            try writer.write(["one"])
            files.faults = [.sync: .system(.sync, code: 5), .truncate: .system(.truncate, code: 5)]
            #expect(throws: SpoolError.system(.sync, code: 5)) { try writer.flushing("two") }
            files.faults = [:]
            try writer.write(["three"])
            let (records, report) = try sandbox.read()
            // Nothing joined the block that had failed, or it would be lost with its second copy.
            #expect(records.map(\.text) == ["one", "two", "three"])
            #expect(report.repeatedBlocks == 1 && report.isIntact)
        }
    }

    /// Runs a life of a spool in which call number `call` fails, and says how many calls there were.
    private func live(failing call: Int, with error: SpoolError, syncs: Bool) throws -> Int {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.segmentBytes = 200
        configuration.syncs = syncs
        let files = try FaultyFiles(path: sandbox.path)
        files.single = (call, error)
        var writer = try sandbox.open(files, directory: files.files.directory, configuration)
        var drain = SpoolDrain(directory: files.files.directory, of: writer)
        var block = SpoolBlock()
        var drained: [String] = []
        for number in 0..<12 {
            let now = SpoolSandbox.instant(Int64(number / 5) * SpoolSandbox.hour)
            try writer.append("\(number)", at: now)
            // Tried until it goes well: only one call fails.
            do { try writer.flush(now: now) } catch { try writer.flush(now: now) }
            if number % 4 == 3 {
                while try drain.next(of: &writer, into: &block) { drained += RecordedText.all(in: block).map(\.text) }
                try? drain.confirm(through: block.number, in: &writer)
            }
            writer.checkInvariants()
        }
        try require(drained == (0..<12).map { "\($0)" }, "call \(call), \(error): \(drained)")
        try require(writer.counters.drainedRecords == 12, "call \(call), \(error): \(writer.counters)")
        let report = try sandbox.read(from: writer.drainedThrough + 1).report
        try require(report.damagedBlocks == 0 && report.missingBlocks == 0, "call \(call), \(error): \(report)")
        return files.calls
    }

    @Test(arguments: [false, true])
    func whicheverCallFailsNothingIsLost(syncs: Bool) throws {
        let calls = try live(failing: .max, with: .diskFull, syncs: syncs)
        #expect(calls > 40)
        for call in 0..<calls {
            for error in [SpoolError.diskFull, .system(.write, code: 5)] {
                _ = try live(failing: call, with: error, syncs: syncs)
            }
        }
    }

    @Test func aDirectoryThatCannotBeWrittenToSaysSo() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: SpoolError.missing) { _ = try SystemSpoolFiles(path: folder.appending("a/b")) }
        try SpoolSandbox.replace(folder.appending("file"), [])
        do throws(SpoolError) {
            _ = try SystemSpoolFiles(path: folder.appending("file"))
            Issue.record("a file was taken for a directory")
        } catch {
            #expect(error == .system(.open, code: 20))
            #expect(error.message == "the spool could not open a file: Not a directory")
        }
    }
}

extension SpoolWriter {
    /// Appends a text and writes it.
    fileprivate mutating func flushing(_ text: String) throws(SpoolError) {
        try append(text, at: SpoolSandbox.instant())
        try flush(now: SpoolSandbox.instant())
    }
}
