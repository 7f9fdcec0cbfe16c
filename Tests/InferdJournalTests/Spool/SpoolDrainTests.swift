import Foundation
import InferdTestSupport
import Testing

@testable import InferdJournal

struct SpoolDrainTests {
    private func texts(_ block: borrowing SpoolBlock) -> [String] { RecordedText.all(in: block).map(\.text) }

    @Test func blocksAreGivenOutInOrderAndGoWhenTheyAreConfirmed() throws {
        let sandbox = try SpoolSandbox()
        let files = try SystemSpoolFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.directory)
        var drain = SpoolDrain(directory: files.directory, of: writer)
        var block = SpoolBlock()
        #expect(try !drain.next(of: &writer, into: &block))
        var drained: [String] = []
        for round in 0..<100 {
            try writer.write(["\(round)"])
            #expect(try drain.next(of: &writer, into: &block))
            drained += texts(block)
            #expect(try !drain.next(of: &writer, into: &block))
            if round % 3 == 0 { try drain.confirm(through: block.number, in: &writer) }
        }
        #expect(drained == (0..<100).map { "\($0)" })
        #expect(writer.pendingRecords == 0)
        #expect(writer.counters.drainedRecords == 100)
        // Only the segment that is being written is still there.
        #expect(writer.segmentCount == 1 && writer.counters.drainedSegments > 2)
        #expect(try sandbox.segments().count == 1)
        #expect(writer.counters.deletedRecords == 0)
    }

    @Test func whatWasNotConfirmedComesAgainAfterARestart() throws {
        let sandbox = try SpoolSandbox()
        do {
            let files = try SystemSpoolFiles(path: sandbox.path)
            var writer = try sandbox.open(files, directory: files.directory)
            for number in 1...30 { try writer.write(["\(number)"]) }
            var drain = SpoolDrain(directory: files.directory, of: writer)
            var block = SpoolBlock()
            for _ in 0..<20 { #expect(try drain.next(of: &writer, into: &block)) }
            try drain.confirm(through: 13, in: &writer)
            #expect(drain.unconfirmedBlocks == 7)
            #expect(writer.pendingRecords == 17)
        }
        let files = try SystemSpoolFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.directory)
        #expect(writer.counters.recoveredRecords == 17 && writer.drainedThrough == 13)
        var drain = SpoolDrain(directory: files.directory, of: writer)
        var block = SpoolBlock()
        var drained: [String] = []
        while try drain.next(of: &writer, into: &block) { drained += texts(block) }
        #expect(drained == (14...30).map { "\($0)" })
        try drain.confirm(through: 30, in: &writer)
        // None is being written: all are gone, and the next has the number after the last.
        #expect(try sandbox.segments().isEmpty && sandbox.hours().isEmpty)
        #expect(writer.nextBlock == 31)
    }

    @Test func numbersGoOnAfterEverythingWasDrained() throws {
        let sandbox = try SpoolSandbox()
        for life in 0..<3 {
            let files = try SystemSpoolFiles(path: sandbox.path)
            var writer = try sandbox.open(files, directory: files.directory)
            #expect(writer.nextBlock == UInt64(life + 1))
            var drain = SpoolDrain(directory: files.directory, of: writer)
            var block = SpoolBlock()
            try writer.write(["life \(life)"])
            #expect(try drain.next(of: &writer, into: &block))
            #expect(texts(block) == ["life \(life)"])
            try drain.confirm(through: block.number, in: &writer)
        }
    }

    @Test func aRestartOfTheDrainGivesOutAgain() throws {
        let sandbox = try SpoolSandbox()
        let files = try SystemSpoolFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.directory)
        for number in 1...3 { try writer.write(["\(number)"]) }
        var drain = SpoolDrain(directory: files.directory, of: writer)
        var block = SpoolBlock()
        for _ in 0..<3 { #expect(try drain.next(of: &writer, into: &block)) }
        try drain.confirm(through: 1, in: &writer)
        drain.restart(of: writer)
        #expect(try drain.next(of: &writer, into: &block))
        #expect(texts(block) == ["2"])
    }

    @Test func damagedBlocksArePassedAndCounted() throws {
        let sandbox = try SpoolSandbox()
        let files = try SystemSpoolFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.directory)
        var ends: [Int] = []
        for number in 1...4 {
            try writer.write(["\(number)a", "\(number)b"])
            ends.append(writer.bytes)
        }
        // The data of the second and of the last, and the header of the third.
        var (path, bytes) = try sandbox.onlySegment()
        bytes[ends[1] - 1] ^= 1
        bytes[ends[1] + 20] ^= 1
        bytes[ends[3] - 1] ^= 1
        try SpoolSandbox.replace(path, bytes)
        var drain = SpoolDrain(directory: files.directory, of: writer)
        var block = SpoolBlock()
        #expect(try drain.next(of: &writer, into: &block))
        #expect(texts(block) == ["1a", "1b"])
        #expect(try !drain.next(of: &writer, into: &block))
        try drain.confirm(through: 1, in: &writer)
        #expect(writer.counters.drainedRecords == 2)
        #expect(writer.counters.damagedRecords == 4)
        #expect(writer.drainedThrough == 4)
        // What nobody can name counts as damaged when its segment goes.
        try writer.write(["next hour"], at: SpoolSandbox.instant(SpoolSandbox.hour))
        #expect(try drain.next(of: &writer, into: &block))
        try drain.confirm(through: block.number, in: &writer)
        #expect(writer.counters.damagedRecords == 6)
        #expect(writer.pendingRecords == 0)
    }

    @Test func aDamagedCursorRepeatsRatherThanLoses() throws {
        let sandbox = try SpoolSandbox()
        do {
            let files = try SystemSpoolFiles(path: sandbox.path)
            var writer = try sandbox.open(files, directory: files.directory)
            for number in 1...3 { try writer.write(["\(number)"]) }
            var drain = SpoolDrain(directory: files.directory, of: writer)
            var block = SpoolBlock()
            for _ in 0..<2 { #expect(try drain.next(of: &writer, into: &block)) }
            try drain.confirm(through: 2, in: &writer)
        }
        let path = sandbox.path + "/cursor"
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(try sandbox.open().counters.recoveredRecords == 1)
        for bit in 0..<whole.count * 8 {
            var bytes = whole
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            try SpoolSandbox.replace(path, bytes)
            #expect(try sandbox.open().counters.recoveredRecords == 3)
        }
        for length in 0..<whole.count {
            try SpoolSandbox.replace(path, Array(whole.prefix(length)))
            #expect(try sandbox.open().counters.recoveredRecords == 3)
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(try sandbox.open().counters.recoveredRecords == 3)
    }

    @Test func whatRetentionTakesFromTheDrainIsCountedOnce() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.maximumBytes = 4_096
        let files = try SystemSpoolFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.directory, configuration)
        var drain = SpoolDrain(directory: files.directory, of: writer)
        var block = SpoolBlock()
        var random = SeededGenerator(for: "whatRetentionTakesFromTheDrainIsCountedOnce")
        var written = 0
        var latest = UInt64(0)
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                try writer.write(["\(written)"])
                written += 1
            case 2:
                if try drain.next(of: &writer, into: &block) {
                    #expect(block.number > latest)
                    latest = block.number
                }
            default:
                try drain.confirm(through: block.number, in: &writer)
            }
            writer.checkInvariants()
        }
        let counters = writer.counters
        #expect(counters.drainedRecords > 100 && counters.deletedRecords > 100)
        #expect(written == counters.drainedRecords + counters.deletedRecords + writer.pendingRecords)
    }
}
