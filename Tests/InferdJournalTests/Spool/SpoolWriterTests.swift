import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdJournal

struct SpoolWriterTests {
    @Test func recordsComeBackAsTheyWere() throws {
        let sandbox = try SpoolSandbox()
        var random = SeededGenerator(for: "recordsComeBackAsTheyWere")
        var expected: [RecordedText] = []
        do {
            var writer = try sandbox.open(SpoolConfiguration())
            for index in 0..<2_000 {
                // Now and then one that fills several blocks alone.
                let length = index % 500 == 7 ? 200_000 : Int.random(in: 0...600, using: &random)
                let text = String((0..<length).map { _ in "abcdefghijklmnop".randomElement(using: &random) ?? "-" })
                let record = RecordedText(text: text, kind: UInt8(index % 256), reason: index % 3 == 0 ? "why" : "")
                try writer.append(record.text, kind: record.kind, reason: record.reason, at: SpoolSandbox.instant())
                expected.append(record)
            }
            try writer.flush(now: SpoolSandbox.instant())
            #expect(writer.counters.writtenRecords == 2_000)
            #expect(writer.nextBlock == UInt64(writer.counters.writtenBlocks + 1))
        }
        let (records, report) = try sandbox.read()
        #expect(records == expected)
        #expect(report.isIntact && report.records == 2_000 && report.segments == 1)
    }

    @Test func noiseIsStoredAsItIs() throws {
        let sandbox = try SpoolSandbox()
        var random = SeededGenerator(for: "noiseIsStoredAsItIs")
        let noise = (0..<1_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var writer = try sandbox.open(SpoolConfiguration())
        try unsafe writer.append(kind: 1, payload: noise.span.bytes, now: SpoolSandbox.instant())
        try writer.flush(now: SpoolSandbox.instant())
        #expect(writer.bytes == 64 + 48 + 6 + 1_000)
        #expect(try sandbox.read().report.records == 1)
    }

    @Test func aBlockIsWrittenWhenTheNextRecordDoesNotFit() throws {
        let sandbox = try SpoolSandbox()
        var writer = try sandbox.open()
        let now = SpoolSandbox.instant()
        // Six bytes each before the text: 256 bytes hold two of these.
        let text = String(repeating: "x", count: 122)
        #expect(try writer.append(text, at: now) == 1)
        #expect(try writer.append(text, at: now) == 1)
        #expect(writer.nextBlock == 1 && writer.bufferedRecords == 2)
        #expect(try writer.append(text, at: now) == 2)
        #expect(writer.nextBlock == 2 && writer.bufferedRecords == 1)
        #expect(try sandbox.read().report.records == 2)
    }

    @Test func aRecordWaitsNoLongerThanItMay() throws {
        let sandbox = try SpoolSandbox()
        var writer = try sandbox.open()
        #expect(writer.flushDue == nil)
        try writer.append("one", at: SpoolSandbox.instant())
        try writer.append("two", at: SpoolSandbox.instant(199_999))
        #expect(writer.flushDue == SpoolSandbox.instant(200_000).monotonic)
        #expect(try !writer.flushIfDue(now: SpoolSandbox.instant(199_999)))
        #expect(try writer.flushIfDue(now: SpoolSandbox.instant(200_000)))
        #expect(writer.flushDue == nil)
        #expect(try !writer.flushIfDue(now: SpoolSandbox.instant(900_000)))
        #expect(try sandbox.read().records.map(\.text) == ["one", "two"])
    }

    @Test func aRecordThatCannotFitIsRefusedAndTheRestGoesOn() throws {
        let sandbox = try SpoolSandbox()
        var writer = try sandbox.open()
        let now = SpoolSandbox.instant()
        try writer.append(String(repeating: "x", count: 4_096 - 6), at: now)
        do throws(SpoolError) {
            try writer.append(String(repeating: "x", count: 4_097 - 6), at: now)
            Issue.record("taken")
        } catch {
            #expect(error == .recordTooLarge(bytes: 4_097, maximumBytes: 4_096))
        }
        try writer.flush(now: now)
        #expect(try sandbox.read().report.records == 1)
    }

    @Test func aLongReasonIsCut() throws {
        let sandbox = try SpoolSandbox()
        var writer = try sandbox.open()
        try writer.append("", reason: String(repeating: "r", count: 300), at: SpoolSandbox.instant())
        try writer.flush(now: SpoolSandbox.instant())
        #expect(
            try sandbox.read().records == [RecordedText(text: "", reason: String(repeating: "r", count: 255))])
    }

    @Test func segmentsEndAtTheirSizeAndAtTheHour() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolSandbox.small
        configuration.maximumBytes = 1 << 20
        var writer = try sandbox.open(configuration)
        for block in 0..<30 { try writer.write(["block \(block)"]) }
        let sizes = try sandbox.segments().map { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
        #expect(sizes.count == 3)
        #expect(sizes.allSatisfy { $0 <= 1_024 })
        #expect(sizes.reduce(0, +) == writer.bytes)
        try writer.write(["an hour later"], at: SpoolSandbox.instant(SpoolSandbox.hour))
        #expect(try sandbox.hours() == ["2013-11-24T08", "2013-11-24T09"])
        #expect(try sandbox.segments().count == 4)
        #expect(try sandbox.read().records.count == 31)
    }

    @Test func aClockThatGoesBackNeitherReordersNorLoses() throws {
        let sandbox = try SpoolSandbox()
        let hours: [Int64] = [0, 5, -40, -41, 3, 0, 0, -1_000_000, 2]
        for (index, hour) in hours.enumerated() {
            // Half of the blocks in a life of their own.
            var writer = try sandbox.open()
            try writer.write(
                ["\(2 * index)"], at: SpoolSandbox.instant(0, wall: SpoolSandbox.start + hour * SpoolSandbox.hour))
            try writer.write(["\(2 * index + 1)"], at: SpoolSandbox.instant(0, wall: .min))
        }
        let (records, report) = try sandbox.read()
        #expect(records.map(\.text) == (0..<18).map { "\($0)" })
        #expect(report.isIntact)
    }

    @Test func numbersGoOnAfterARestart() throws {
        let sandbox = try SpoolSandbox()
        for life in 0..<4 {
            var writer = try sandbox.open()
            #expect(writer.nextBlock == UInt64(life + 1))
            #expect(writer.counters.recoveredRecords == life)
            try writer.write(["life \(life)"])
        }
        #expect(try sandbox.read().report.isIntact)
    }

    @Test func aSecondWriterIsRefused() throws {
        let sandbox = try SpoolSandbox()
        let writer = try sandbox.open()
        #expect(throws: SpoolError.locked) { _ = try sandbox.open() }
        #expect(writer.nextBlock == 1)
    }

    @Test func bytesOfAnEventDoNotDependOnHowManyWereBefore() throws {
        let sandbox = try SpoolSandbox()
        var configuration = SpoolConfiguration()
        configuration.maximumBytes = 8 << 20
        configuration.segmentBytes = 1 << 20
        var writer = try sandbox.open(configuration)
        var random = SeededGenerator(for: "bytesOfAnEventDoNotDependOnHowManyWereBefore")
        let pieces = 10
        var written: [Int] = []
        for _ in 0..<pieces {
            let before = writer.counters.writtenBytes
            for _ in 0..<20_000 {
                let payload = (0..<32).map { _ in random.next() }
                try unsafe writer.append(kind: 1, payload: payload.span.bytes, now: SpoolSandbox.instant())
            }
            try writer.flush(now: SpoolSandbox.instant())
            written.append(writer.counters.writtenBytes - before)
        }
        let first = Double(written[0])
        #expect(written.allSatisfy { abs(Double($0) - first) < first / 100 }, "\(written)")
        // Of all these, the last are kept.
        #expect(writer.bytes <= configuration.maximumBytes && writer.bytes > configuration.maximumBytes / 2)
    }
}
