import InferdBase
import InferdTestSupport
import InferdWire

@testable import InferdScheduler

/// A cache beside a dictionary that never gives anything up: whatever the cache finds must be what the
/// dictionary holds.
///
/// Keys are drawn from few hashes, so that different bodies collide all the time.
struct ResultCacheModel: ~Copyable {
    private struct Question: Hashable {
        let low: UInt64
        let high: UInt64
        let kind: BodyKind
        let generation: UInt64
        let body: [UInt8]

        var key: CacheKey {
            CacheKey(hash: ContentHash(low: low, high: high), kind: kind, generation: generation)
        }
    }

    private struct Answer {
        let reply: [UInt8]
        let storedAt: MonotonicTime
        let expiresAt: MonotonicTime
    }

    private var cache: ResultCache
    private var answers: [Question: Answer] = [:]
    private let clock = VirtualClock()
    private var generator: SeededGenerator
    private var finds: UInt64 = 0
    private var insertions: UInt64 = 0

    init(generator: SeededGenerator) {
        self.generator = generator
        // From nothing at all to more than all of the bodies need.
        let budget = [0, 1_000, 4_000, 16_000, 50_000].randomElement(using: &self.generator) ?? 0
        cache = ResultCache(budgetBytes: budget)
    }

    mutating func step() throws(PropertyFailure) {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0...3: try find(question())
        case 4...6: try insert(question())
        default: clock.advance(nanoseconds: duration(upTo: 30))
        }
        cache.checkInvariants()
        try require(cache.bytes <= cache.budgetBytes, "\(cache.bytes) of \(cache.budgetBytes) bytes")
        try require(cache.count <= answers.count, "\(cache.count) answers; \(answers.count) were given")
        let counters = cache.counters
        try require(counters.hits + counters.misses == finds, "\(finds) searches, \(counters)")
        try require(counters.insertions == insertions, "\(insertions) insertions, \(counters)")
    }

    /// Nanoseconds; often whole milliseconds, so that moments meet.
    private mutating func duration(upTo milliseconds: UInt64) -> UInt64 {
        Bool.random(using: &generator)
            ? UInt64.random(in: 0...milliseconds, using: &generator) * 1_000_000
            : UInt64.random(in: 0...milliseconds * 1_000_000, using: &generator)
    }

    private mutating func question() -> Question {
        Question(
            low: UInt64.random(in: 0..<3, using: &generator), high: UInt64.random(in: 0..<2, using: &generator),
            kind: Bool.random(using: &generator) ? .predict : .infer,
            generation: UInt64.random(in: 1...2, using: &generator),
            body: [[], [1], [2], [1, 2], [1, 2, 3]].randomElement(using: &generator) ?? [])
    }

    private mutating func find(_ question: Question) throws(PropertyFailure) {
        let maximumAge: UInt32 = Bool.random(using: &generator) ? 0 : .random(in: 1...40, using: &generator)
        let now = clock.now
        finds += 1
        let hit = unsafe cache.find(
            question.key, body: question.body.span.bytes, maximumAgeMilliseconds: maximumAge, now: now)
        var usable: Answer?
        if let answer = answers[question], now < answer.expiresAt {
            let age = (now.nanoseconds - answer.storedAt.nanoseconds) / 1_000_000
            if maximumAge == 0 || age <= UInt64(maximumAge) { usable = answer }
        }
        guard let hit else {
            // Nothing is missed without a reason.
            try require(usable == nil || cache.counters.evictions > 0, "\(question) was lost")
            return
        }
        guard let usable else {
            throw PropertyFailure("\(question) was found, \(String(describing: answers[question])) at \(now)")
        }
        let span = cache.reply(hit)
        let reply = unsafe span.withUnsafeBytes { unsafe Array($0) }
        try require(reply == usable.reply, "\(question): \(reply), not \(usable.reply)")
        let age = (now.nanoseconds - usable.storedAt.nanoseconds) / 1_000_000
        try require(UInt64(hit.ageMilliseconds) == age, "an age of \(hit.ageMilliseconds) ms, not \(age)")
    }

    private mutating func insert(_ question: Question) throws(PropertyFailure) {
        let now = clock.now
        let lifetime = duration(upTo: 40)
        let length = [0, 8, 60, 500, 1_500].randomElement(using: &generator) ?? 0
        let reply = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let answer = Answer(reply: reply, storedAt: now, expiresAt: now.advanced(byNanoseconds: lifetime))
        var content = OwnedBytes(capacity: question.body.count + reply.count)
        unsafe content.append(question.body.span.bytes)
        unsafe content.append(reply.span.bytes)
        let cost = content.count + ResultCache.overheadBytes
        cache.insert(
            question.key, content: content, bodyBytes: question.body.count, now: now, expiresAt: answer.expiresAt)
        if lifetime > 0, cost <= cache.budgetBytes / 8 {
            insertions += 1
            answers[question] = answer
            // Nothing drives out what has just come.
            try require(cache.count > 0, "an answer of \(cost) bytes was not kept")
        } else {
            // What was known before is outdated all the same.
            answers[question] = nil
        }
    }
}
