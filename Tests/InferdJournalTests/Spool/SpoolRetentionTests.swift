import Foundation
import InferdTestSupport
import Testing

@testable import InferdJournal

struct SpoolRetentionTests {
    @Test func theOldestSegmentsMakeRoom() throws {
        let sandbox = try SpoolSandbox()
        var writer = try sandbox.open()
        for block in 0..<500 {
            try writer.write(["block \(block) of many"])
            try require(writer.bytes <= SpoolSandbox.small.maximumBytes, "\(writer.bytes)")
        }
        let (records, report) = try sandbox.read()
        #expect(report.isIntact)
        #expect(records.last?.text == "block 499 of many")
        #expect(records.map(\.text) == (500 - records.count..<500).map { "block \($0) of many" })
        let counters = writer.counters
        #expect(counters.deletedRecords == 500 - records.count && counters.deletedRecords > 0)
        #expect(counters.deletedBytes + writer.bytes == counters.writtenBytes)
        let onDisk = try sandbox.segments().map { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
        #expect(onDisk.reduce(0, +) == writer.bytes)
        #expect(onDisk.count == writer.segmentCount)
    }

    @Test func aBoundThatWasLoweredHoldsFromTheNextBlockOn() throws {
        let sandbox = try SpoolSandbox()
        do {
            var writer = try sandbox.open()
            for block in 0..<100 { try writer.write(["block \(block)"]) }
        }
        var configuration = SpoolSandbox.small
        configuration.maximumBytes = 2_048
        var writer = try sandbox.open(configuration)
        #expect(writer.bytes > 2_048)
        try writer.write(["last"])
        #expect(writer.bytes <= 2_048)
        #expect(try sandbox.read().records.last?.text == "last")
    }

    @Test func whatIsNotDeliveredIsKeptIfThatIsTheRule() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.overflow = .refuses
        let files = try SystemSpoolFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.directory, configuration)
        var taken = 0
        do throws(SpoolError) {
            while taken < 1_000 {
                try writer.write(["block \(taken)"])
                taken += 1
            }
        } catch {
            #expect(error == .boundReached(maximumBytes: 16_384))
        }
        #expect(taken > 50 && taken < 1_000)
        #expect(writer.counters.deletedRecords == 0)
        #expect(writer.bufferedRecords == 1)
        #expect(try sandbox.read().records.count == taken)
        // A segment that was delivered makes room.
        var drain = SpoolDrain(directory: files.directory, of: writer)
        var block = SpoolBlock()
        for _ in 0..<20 { #expect(try drain.next(of: &writer, into: &block)) }
        try drain.confirm(through: 20, in: &writer)
        try writer.flush(now: SpoolSandbox.instant())
        #expect(writer.bufferedRecords == 0)
    }

    @Test func segmentsThatAreTooOldGo() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.maximumAgeMicroseconds = 2 * SpoolSandbox.hour
        var writer = try sandbox.open(configuration)
        for hour in 0..<5 {
            try writer.write(["hour \(hour)"], at: SpoolSandbox.instant(Int64(hour) * SpoolSandbox.hour))
        }
        // Hours 0 and 1 are more than two hours ago, hour 2 is exactly two.
        writer.deleteExpired(now: SpoolSandbox.instant(4 * SpoolSandbox.hour))
        #expect(try sandbox.read().records.map(\.text) == ["hour 2", "hour 3", "hour 4"])
        #expect(try sandbox.hours() == ["2013-11-24T10", "2013-11-24T11", "2013-11-24T12"])
        #expect(writer.counters.deletedSegments == 2 && writer.counters.deletedRecords == 2)
        // In the end also the one that was being written, and numbers go on.
        writer.deleteExpired(now: SpoolSandbox.instant(100 * SpoolSandbox.hour))
        #expect(try sandbox.hours().isEmpty)
        #expect(writer.bytes == 0)
        try writer.write(["new"], at: SpoolSandbox.instant(100 * SpoolSandbox.hour))
        #expect(try sandbox.segments().map { $0.suffix(8) } == ["0006.seg"])
    }

    @Test func numbersGoOnWhenARestartFindsNothing() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.maximumAgeMicroseconds = 1
        do {
            var writer = try sandbox.open(configuration)
            for _ in 0..<3 { try writer.write(["old"]) }
            writer.deleteExpired(now: SpoolSandbox.instant(1_000))
            #expect(writer.segmentCount == 0)
        }
        #expect(try sandbox.open(configuration).nextBlock == 4)
    }

    @Test func aClockThatWasWrongForAWhileKeepsNothingForEver() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.maximumAgeMicroseconds = SpoolSandbox.hour
        var writer = try sandbox.open(configuration)
        try writer.write(["from the future"], at: SpoolSandbox.instant(1_000 * SpoolSandbox.hour))
        try writer.write(["of now"], at: SpoolSandbox.instant())
        writer.deleteExpired(now: SpoolSandbox.instant(SpoolSandbox.hour))
        #expect(try sandbox.read().records.count == 2)
        writer.deleteExpired(now: SpoolSandbox.instant(SpoolSandbox.hour + 1))
        #expect(try sandbox.read().records.isEmpty)
    }

    @Test func whatCannotBeDeletedIsTriedAgain() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.maximumAgeMicroseconds = 1
        let files = try FaultyFiles(path: sandbox.path)
        var writer = try sandbox.open(files, directory: files.files.directory, configuration)
        try writer.write(["one"])
        files.faults[.remove] = .readOnly
        writer.deleteExpired(now: SpoolSandbox.instant(1_000))
        #expect(writer.counters.failedUpkeep == 1 && writer.counters.deletedSegments == 0)
        #expect(try sandbox.read().records.count == 1)
        files.faults = [:]
        writer.deleteExpired(now: SpoolSandbox.instant(1_000))
        #expect(writer.counters.deletedSegments == 1)
        #expect(try sandbox.read().records.isEmpty)
    }
}
