import Foundation
import InferdBase
import InferdTestSupport

@testable import InferdJournal

/// A spool in a folder of its own, and what tests do with it.
final class SpoolSandbox {
    /// Eight o'clock on a day in 2013.
    static let start: Int64 = 1_385_280_000_000_000
    static let hour: Int64 = 3_600_000_000

    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    var path: String { folder.appending("spool") }

    /// A moment `microseconds` after `start`, on both clocks.
    static func instant(_ microseconds: Int64 = 0, wall: Int64? = nil) -> SpoolInstant {
        SpoolInstant(
            monotonic: MonotonicTime(nanoseconds: UInt64(1_000_000_000 + microseconds * 1000)),
            wallMicroseconds: wall ?? start + microseconds)
    }

    /// Blocks of a few records and segments of a few blocks.
    static var small: SpoolConfiguration {
        var configuration = SpoolConfiguration()
        configuration.blockBytes = 256
        configuration.segmentBytes = 1024
        configuration.maximumBytes = 16_384
        return configuration
    }

    func open(_ configuration: SpoolConfiguration = small) throws(SpoolError) -> SpoolWriter<SystemSpoolFiles> {
        let files = try SystemSpoolFiles(path: path)
        return try open(files, directory: files.directory, configuration)
    }

    func open<Files: SpoolFiles>(
        _ files: Files, directory: SpoolDirectory, _ configuration: SpoolConfiguration = small
    ) throws(SpoolError) -> SpoolWriter<Files> {
        try SpoolWriter(
            files: files, directory: directory, configuration: configuration, bootID: BootID(high: 1, low: 2))
    }

    /// What every reader finds there now.
    func read(from block: UInt64 = 1) throws -> (records: [RecordedText], report: SpoolReport) {
        var reader = SpoolReader(directory: try SpoolDirectory(path: path), from: block)
        var block = SpoolBlock()
        var records: [RecordedText] = []
        while true {
            switch try reader.next(into: &block) {
            case .block: records += RecordedText.all(in: block)
            case .damaged: break
            case .end: return (records, reader.report)
            }
        }
    }

    /// Paths of the segments, by number.
    func segments() throws -> [String] {
        try SpoolDirectory(path: path).segments().map { "\(path)/\($0.path)" }
    }

    /// Names of the directories there are.
    func hours() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.contains("T") }.sorted()
    }

    /// The bytes of the only segment.
    func onlySegment() throws -> (path: String, bytes: [UInt8]) {
        let paths = try segments()
        guard paths.count == 1 else { throw PropertyFailure("\(paths.count) segments instead of one") }
        return (paths[0], [UInt8](try Data(contentsOf: URL(fileURLWithPath: paths[0]))))
    }

    static func replace(_ path: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}

extension SpoolWriter {
    /// Appends a text as a record.
    @discardableResult
    mutating func append(_ text: String, kind: UInt8 = 1, reason: String = "", at now: SpoolInstant)
        throws(SpoolError) -> UInt64
    {
        let bytes = Array(text.utf8)
        let reasonBytes = Array(reason.utf8)
        return try unsafe append(kind: kind, payload: bytes.span.bytes, reason: reasonBytes.span.bytes, now: now)
    }

    /// Appends texts as the records of a block of their own.
    mutating func write(_ texts: [String], at now: SpoolInstant = SpoolSandbox.instant()) throws(SpoolError) {
        for text in texts { try append(text, at: now) }
        try flush(now: now)
    }
}
