import InferdBase
import InferdJournal

/// Writes sample events into a spool of its own.
struct SpoolLoop: ~Copyable {
    private(set) var writer: SpoolWriter<SystemSpoolFiles>
    private let sample: SampleEvent
    private var sequence: UInt64 = 0

    init(path: String, horizon: Int) throws(SpoolError) {
        let files = try SystemSpoolFiles(path: path)
        writer = try SpoolWriter(
            files: files, directory: files.directory, configuration: SpoolConfiguration(), bootID: .random())
        sample = SampleEvent(horizon: horizon)
    }

    /// Writes so many events. Returns the bytes that were written to files.
    mutating func write(_ count: Int) throws(SpoolError) -> Int {
        let before = writer.counters.writtenBytes
        let now = SpoolInstant.now()
        var room = OwnedBytes()
        room.resize(to: sample.byteBound)
        for _ in 0..<count {
            sequence += 1
            let byteCount = sample.write(sequence, into: room.mutableSpan)
            try writer.append(kind: 1, payload: room.span.extracting(first: byteCount), now: now)
        }
        try writer.flush(now: now)
        return writer.counters.writtenBytes - before
    }
}
