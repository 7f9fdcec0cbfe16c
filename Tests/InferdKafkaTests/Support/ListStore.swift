import InferdBase
import InferdJournal
import InferdKafka

/// A store that is a list of blocks in memory, and fails when told to.
struct ListStore: EventStore, ~Copyable {
    /// Written blocks that are not confirmed: number 1 is `blocks[0]` of the first.
    private(set) var blocks: [(number: UInt64, records: [[UInt8]])] = []
    private(set) var letters: [(text: String, reason: String)] = []
    private var buffer: [[UInt8]] = []
    private var bufferedSince: MonotonicTime?
    private(set) var nextBlock: UInt64 = 1
    private var loadedThrough: UInt64 = 0
    private var loaded: [[UInt8]] = []
    private var loadedBytes = OwnedBytes()
    private var loadedRanges: [Range<Int>] = []

    /// What every write says.
    var failure: EventStoreError?
    var recordsPerBlock = 4
    /// How long a record waits for others at most; 0: not beyond the turn.
    var flushMilliseconds: UInt64 = 0
    var maximumBytes = 1000

    /// Has it hold these, written.
    mutating func fill(_ texts: [String]) {
        blocks.append((nextBlock, texts.map { Array($0.utf8) }))
        nextBlock += 1
    }

    mutating func append(kind: UInt8, payload: RawSpan, now: SpoolInstant) throws(EventStoreError) -> UInt64 {
        guard payload.byteCount <= maximumBytes else { throw .recordTooLarge("too long") }
        if buffer.count >= recordsPerBlock { try flush(now: now) }
        if let failure { throw failure }
        buffer.append(unsafe payload.withUnsafeBytes { unsafe Array($0) })
        bufferedSince = bufferedSince ?? now.monotonic
        return nextBlock
    }

    mutating func setAside(
        kind: UInt8, payload: RawSpan, reason: String, now: SpoolInstant
    ) throws(EventStoreError) {
        if let failure { throw failure }
        letters.append((unsafe payload.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }, reason))
    }

    mutating func flush(now: SpoolInstant) throws(EventStoreError) {
        guard !buffer.isEmpty else { return }
        if let failure { throw failure }
        blocks.append((nextBlock, buffer))
        nextBlock += 1
        buffer = []
        bufferedSince = nil
    }

    mutating func flushIfDue(now: SpoolInstant) throws(EventStoreError) {
        if let since = bufferedSince, now.monotonic >= since.advanced(byMilliseconds: flushMilliseconds) {
            try flush(now: now)
        }
    }

    var bufferedRecords: Int { buffer.count }
    var pendingRecords: Int { blocks.reduce(0) { $0 + $1.records.count } }

    var totals: StoreTotals { StoreTotals() }

    mutating func loadBlock() throws(EventStoreError) -> LoadedBlock? {
        guard let block = blocks.first(where: { $0.number > loadedThrough }) else { return nil }
        loadedThrough = block.number
        loaded = block.records
        loadedBytes.removeAll()
        loadedRanges = []
        for record in block.records {
            let start = loadedBytes.count
            unsafe loadedBytes.append(record.span.bytes)
            loadedRanges.append(start..<loadedBytes.count)
        }
        return LoadedBlock(number: block.number, recordCount: block.records.count)
    }

    @_lifetime(borrow self)
    func loadedPayload(at index: Int) -> RawSpan {
        loadedBytes.span.extracting(loadedRanges[index])
    }

    func loadedKind(at index: Int) -> UInt8 { 1 }

    mutating func setAsideLoaded(at index: Int, reason: String, now: SpoolInstant) throws(EventStoreError) {
        if let failure { throw failure }
        letters.append((String(decoding: loaded[index], as: UTF8.self), reason))
    }

    mutating func confirm(through block: UInt64) throws(EventStoreError) {
        blocks.removeAll { $0.number <= block }
    }

    mutating func restartDrain() { loadedThrough = 0 }
}
