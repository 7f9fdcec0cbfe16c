package import InferdBase

/// Answers of the last seconds, by the request's body. It belongs to one thread, is given time as a
/// value, and looks at nothing but its own memory.
///
/// Bounded by bytes. What to give up is decided as by S3-FIFO (Yang et al., "FIFO queues are all you
/// need for cache eviction", SOSP 2023): newcomers pass through a small queue and reach the main one
/// only when asked for again, so that a scan of requests that never come back cannot drive out those
/// that do. Each call does a bounded amount of work: nothing is ever swept as a whole.
@safe
package struct ResultCache: ~Copyable {
    /// What happened so far.
    package struct Counters: Equatable, Sendable {
        package var hits: UInt64 = 0
        package var misses: UInt64 = 0
        package var insertions: UInt64 = 0
        /// Given up for want of room.
        package var evictions: UInt64 = 0
        /// Given up because they were too old.
        package var expirations: UInt64 = 0
    }

    /// An answer that was found, valid until the cache is changed.
    package struct Hit: Equatable, Sendable {
        let entry: UInt32
        package let ageMilliseconds: UInt32
    }

    /// Share of the budget that newcomers have, as a divisor.
    private static let newcomersShare = 10
    /// An answer may take no more than this part of the budget.
    private static let largestShare = 8
    /// Accounted for each answer beside its bytes.
    package static let overheadBytes = 192
    /// Answers looked at for their age with each insertion.
    private static let agedPerInsertion = 2
    /// Answers that get a second chance at most, for each that is given up.
    private static let chancesPerEviction = 32
    private static let greatestUses: UInt8 = 3
    private static let chunkEntries = 1024
    private static let none = UInt32.max

    private enum Place: UInt8 {
        case free, newcomers, main
    }

    private struct Entry: ~Copyable {
        var place = Place.free
        var uses: UInt8 = 0
        var key: CacheKey?
        /// The request's body, then the reply's.
        var content = OwnedBytes()
        var bodyBytes = 0
        var storedAt = MonotonicTime(nanoseconds: 0)
        var expiresAt = MonotonicTime(nanoseconds: 0)
        /// Towards younger ones in its queue, or the next free entry.
        var next = ResultCache.none
        var previous = ResultCache.none
    }

    /// Oldest first.
    private struct Queue {
        var oldest = ResultCache.none
        var youngest = ResultCache.none
        var bytes = 0
        var count = 0
    }

    package let budgetBytes: Int
    package private(set) var counters = Counters()
    private let maximumEntries: Int
    private var index: HashIndex
    private var chunks: [UnsafeMutablePointer<Entry>] = unsafe []
    private var entryCount: UInt32 = 0
    private var firstFree = none
    private var newcomers = Queue()
    private var main = Queue()
    /// Fingerprints of newcomers given up unused, by place; one that comes again goes to the main queue.
    private var ghosts: FixedArray<UInt32>
    private var nextAged: UInt32 = 0

    /// - Parameter budgetBytes: bodies of requests and replies and what is accounted for each; 0: keep
    ///   nothing.
    package init(budgetBytes: Int) {
        precondition(budgetBytes >= 0)
        self.budgetBytes = budgetBytes
        maximumEntries = min(max(budgetBytes / (2 * Self.overheadBytes), 1), 1 << 17)
        index = HashIndex(capacity: maximumEntries)
        var size = 1
        while size < maximumEntries { size *= 2 }
        ghosts = FixedArray(count: size) { _ in 0 }
    }

    deinit {
        for index in unsafe chunks.indices {
            unsafe chunks[index].deinitialize(count: Self.chunkEntries)
            unsafe chunks[index].deallocate()
        }
    }

    package var count: Int { newcomers.count + main.count }
    package var bytes: Int { newcomers.bytes + main.bytes }

    private subscript(entry: UInt32) -> Entry {
        unsafeAddress { unsafe UnsafePointer(address(entry)) }
        unsafeMutableAddress { unsafe address(entry) }
    }

    private func address(_ entry: UInt32) -> UnsafeMutablePointer<Entry> {
        precondition(entry < entryCount)
        return unsafe chunks[Int(entry) / Self.chunkEntries] + Int(entry) % Self.chunkEntries
    }

    // Looking up.

    /// The answer to `body`, unless there is none that is fresh enough.
    /// - Parameter maximumAgeMilliseconds: 0: whatever its time to live allows.
    package mutating func find(
        _ key: CacheKey, body: RawSpan, maximumAgeMilliseconds: UInt32, now: MonotonicTime
    ) -> Hit? {
        guard let entry = find(key, body) else {
            counters.misses += 1
            return nil
        }
        if now >= self[entry].expiresAt {
            counters.expirations += 1
            counters.misses += 1
            remove(entry)
            return nil
        }
        let age = UInt32(clamping: now.nanoseconds(since: self[entry].storedAt) / 1_000_000)
        if maximumAgeMilliseconds != 0, age > maximumAgeMilliseconds {
            counters.misses += 1
            return nil
        }
        if self[entry].uses < Self.greatestUses {
            self[entry].uses += 1
        }
        counters.hits += 1
        return Hit(entry: entry, ageMilliseconds: age)
    }

    private func find(_ key: CacheKey, _ body: RawSpan) -> UInt32? {
        index.find(key.hash.low) { entry in
            self[entry].key == key && self[entry].bodyBytes == body.byteCount
                && self[entry].content.span.extracting(0..<body.byteCount).holdsSameBytes(as: body)
        }
    }

    /// The reply's body, as it was inserted.
    @_lifetime(borrow self)
    package func reply(_ hit: Hit) -> RawSpan {
        let content = self[hit.entry].content.span
        return unsafe _overrideLifetime(
            content.extracting(self[hit.entry].bodyBytes..<content.byteCount), borrowing: self)
    }

    // Inserting.

    /// Keeps an answer until `expiresAt`; one that is there already for the same request is replaced.
    /// - Parameters:
    ///   - content: the request's body, which has `bodyBytes` bytes, then the reply's body.
    ///   - computedAt: what its age counts from; nil: `now`.
    package mutating func insert(
        _ key: CacheKey, content: consuming OwnedBytes, bodyBytes: Int, computedAt: MonotonicTime? = nil,
        now: MonotonicTime, expiresAt: MonotonicTime
    ) {
        precondition(bodyBytes <= content.count)
        removeAged(now: now)
        // One that is in use stays among those that are when its answer is computed anew.
        var isInUse = false
        var uses: UInt8 = 0
        if let present = find(key, content.span.extracting(0..<bodyBytes)) {
            isInUse = self[present].place == .main
            uses = self[present].uses
            remove(present)
        }
        let cost = content.count + Self.overheadBytes
        guard expiresAt > now, cost <= budgetBytes / Self.largestShare else { return }
        while bytes + cost > budgetBytes || count == maximumEntries {
            evictOne(now: now)
        }
        let entry = takeFree()
        let isKnown = takeGhost(key.hash) || isInUse
        self[entry].key = key
        self[entry].content = content
        self[entry].bodyBytes = bodyBytes
        self[entry].storedAt = computedAt ?? now
        self[entry].expiresAt = expiresAt
        self[entry].uses = uses
        index.insert(key.hash.low, entry)
        append(entry, to: isKnown ? .main : .newcomers)
        counters.insertions += 1
    }

    private func cost(_ entry: UInt32) -> Int {
        self[entry].content.count + Self.overheadBytes
    }

    private mutating func takeFree() -> UInt32 {
        if firstFree == Self.none {
            let chunk = UnsafeMutablePointer<Entry>.allocate(capacity: Self.chunkEntries)
            let first = entryCount
            for place in 0..<Self.chunkEntries {
                unsafe (chunk + place).initialize(to: Entry())
            }
            unsafe chunks.append(chunk)
            entryCount += UInt32(Self.chunkEntries)
            for entry in (first..<entryCount).reversed() {
                self[entry].next = firstFree
                firstFree = entry
            }
        }
        let entry = firstFree
        firstFree = self[entry].next
        return entry
    }

    // Giving up.

    /// Takes an answer out and frees its memory.
    private mutating func remove(_ entry: UInt32) {
        guard let key = self[entry].key else { preconditionFailure("a free entry is in no queue") }
        index.remove(key.hash.low, entry)
        unlink(entry)
        self[entry].key = nil
        self[entry].content = OwnedBytes()
        self[entry].place = .free
        self[entry].next = firstFree
        firstFree = entry
    }

    /// Looks at a few answers' age, in turn.
    private mutating func removeAged(now: MonotonicTime) {
        if entryCount == 0 { return }
        for _ in 0..<Self.agedPerInsertion {
            nextAged = nextAged + 1 < entryCount ? nextAged + 1 : 0
            if self[nextAged].place != .free, now >= self[nextAged].expiresAt {
                counters.expirations += 1
                remove(nextAged)
            }
        }
    }

    private mutating func evictOne(now: MonotonicTime) {
        let fromNewcomers =
            newcomers.count > 0
            && (main.count == 0 || newcomers.bytes > budgetBytes / Self.newcomersShare)
        if fromNewcomers {
            let entry = newcomers.oldest
            if now >= self[entry].expiresAt {
                counters.expirations += 1
                remove(entry)
            } else if self[entry].uses > 0 {
                unlink(entry)
                self[entry].uses = 0
                append(entry, to: .main)
            } else {
                noteGhost(entry)
                counters.evictions += 1
                remove(entry)
            }
            return
        }
        for _ in 0..<Self.chancesPerEviction {
            let entry = main.oldest
            if now >= self[entry].expiresAt || self[entry].uses == 0 { break }
            self[entry].uses -= 1
            unlink(entry)
            append(entry, to: .main)
        }
        if now >= self[main.oldest].expiresAt {
            counters.expirations += 1
        } else {
            counters.evictions += 1
        }
        remove(main.oldest)
    }

    // Ghosts. One place for each fingerprint, the later takes the earlier's: an approximation that costs
    // no bookkeeping.

    private func ghostPlace(_ hash: ContentHash) -> Int {
        Int(truncatingIfNeeded: hash.high) & (ghosts.count - 1)
    }

    private func fingerprint(_ hash: ContentHash) -> UInt32 {
        UInt32(truncatingIfNeeded: hash.high >> 32) | 1
    }

    private mutating func noteGhost(_ entry: UInt32) {
        guard let hash = self[entry].key?.hash else { return }
        ghosts[ghostPlace(hash)] = fingerprint(hash)
    }

    private mutating func takeGhost(_ hash: ContentHash) -> Bool {
        let place = ghostPlace(hash)
        guard ghosts[place] == fingerprint(hash) else { return false }
        ghosts[place] = 0
        return true
    }

    // Queues.

    private mutating func append(_ entry: UInt32, to place: Place) {
        self[entry].place = place
        var queue = place == .main ? main : newcomers
        self[entry].next = Self.none
        self[entry].previous = queue.youngest
        if queue.youngest == Self.none {
            queue.oldest = entry
        } else {
            self[queue.youngest].next = entry
        }
        queue.youngest = entry
        queue.bytes += cost(entry)
        queue.count += 1
        setQueue(place, queue)
    }

    private mutating func unlink(_ entry: UInt32) {
        let place = self[entry].place
        var queue = place == .main ? main : newcomers
        let next = self[entry].next
        let previous = self[entry].previous
        if previous == Self.none {
            queue.oldest = next
        } else {
            self[previous].next = next
        }
        if next == Self.none {
            queue.youngest = previous
        } else {
            self[next].previous = previous
        }
        queue.bytes -= cost(entry)
        queue.count -= 1
        setQueue(place, queue)
    }

    private mutating func setQueue(_ place: Place, _ queue: Queue) {
        if place == .main {
            main = queue
        } else {
            newcomers = queue
        }
    }

    /// Traps when index, queues and sums contradict each other.
    package func checkInvariants() {
        precondition(bytes <= budgetBytes && count <= maximumEntries)
        for (place, queue) in [(Place.newcomers, newcomers), (Place.main, main)] {
            var entry = queue.oldest
            var previous = Self.none
            var bytes = 0
            var seen = 0
            while entry != Self.none {
                precondition(self[entry].place == place && self[entry].previous == previous)
                bytes += cost(entry)
                seen += 1
                precondition(seen <= queue.count)
                previous = entry
                entry = self[entry].next
            }
            precondition(bytes == queue.bytes && seen == queue.count && queue.youngest == previous)
        }
        precondition(index.count == count)
        index.checkInvariants { hash, entry in
            precondition(self[entry].place != .free && self[entry].key?.hash.low == hash)
        }
    }
}
