import InferdBase
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdScheduler

struct ResultCacheTests {
    @Test func findsWhatWasLastInsertedAndNothingElse() throws {
        try SeedSweep.run("findsWhatWasLastInsertedAndNothingElse", seeds: 1_500) { generator in
            var model = ResultCacheModel(generator: generator)
            for _ in 0..<60 {
                try model.step()
            }
        }
    }

    /// A cache of answers of equal size, asked by number.
    private struct Answers: ~Copyable {
        static let bodyBytes = 8
        static let contentBytes = 208
        private var cache: ResultCache
        private(set) var now = MonotonicTime(nanoseconds: 1)
        /// Numbers stand for bodies; the hash scatters them.
        private let seed: UInt64

        init(capacity: Int, seed: UInt64) {
            cache = ResultCache(budgetBytes: capacity * (Self.contentBytes + ResultCache.overheadBytes))
            self.seed = seed
        }

        var count: Int { cache.count }
        var counters: ResultCache.Counters { cache.counters }
        func checkInvariants() { cache.checkInvariants() }
        mutating func advance(milliseconds: UInt64) { now = now.advanced(byMilliseconds: milliseconds) }

        private func key(_ body: RawSpan) -> CacheKey {
            CacheKey(kind: .predict, generation: 1, body: body, seed: seed)
        }

        private func body(_ number: UInt64) -> [UInt64] { [number] }

        /// Whether there is an answer.
        mutating func find(_ number: UInt64) -> Bool {
            let body = body(number)
            return unsafe cache.find(
                key(body.span.bytes), body: body.span.bytes, maximumAgeMilliseconds: 0, now: now) != nil
        }

        mutating func insert(_ number: UInt64, milliseconds: UInt64 = 1_000_000) {
            let body = body(number)
            var content = OwnedBytes(capacity: Self.contentBytes)
            unsafe content.append(body.span.bytes)
            content.resize(to: Self.contentBytes)
            unsafe cache.insert(
                key(body.span.bytes), content: content, bodyBytes: Self.bodyBytes, now: now,
                expiresAt: now.advanced(byMilliseconds: milliseconds))
        }

        /// Asks, and inserts what is missing; whether it was there.
        mutating func ask(_ number: UInt64) -> Bool {
            if find(number) { return true }
            insert(number)
            return false
        }
    }

    @Test func hotSetSurvivesALongScan() {
        var generator = SeededGenerator(for: "hotSetSurvivesALongScan")
        var answers = Answers(capacity: 1_000, seed: generator.next())
        for _ in 0..<2 {
            for hot in 0..<UInt64(500) {
                _ = answers.ask(hot)
            }
        }
        for cold in 0..<UInt64(10_000) {
            _ = answers.ask(1_000_000 + cold)
        }
        var found = 0
        for hot in 0..<UInt64(500) where answers.find(hot) { found += 1 }
        #expect(found == 500)
        answers.checkInvariants()
    }

    /// Hot numbers come back only after more strangers than the cache holds have come by.
    @Test func hitShareBesideAScanIsFarAboveThatOfSimplerOrders() {
        var generator = SeededGenerator(for: "hitShareBesideAScanIsFarAboveThatOfSimplerOrders")
        let capacity = 500
        var answers = Answers(capacity: capacity, seed: generator.next())
        var leastRecent = SimpleCache(capacity: capacity, movesOnUse: true)
        var firstIn = SimpleCache(capacity: capacity, movesOnUse: false)
        var hits = (ours: 0, leastRecent: 0, firstIn: 0)
        var asked = 0
        var stranger: UInt64 = 1_000_000
        for round in 0..<5_000 {
            let hot = UInt64.random(in: 0..<100, using: &generator)
            let isHit = (answers.ask(hot), leastRecent.ask(hot), firstIn.ask(hot))
            if round >= 1_000 {
                asked += 1
                hits.ours += isHit.0 ? 1 : 0
                hits.leastRecent += isHit.1 ? 1 : 0
                hits.firstIn += isHit.2 ? 1 : 0
            }
            for _ in 0..<12 {
                stranger += 1
                _ = (answers.ask(stranger), leastRecent.ask(stranger), firstIn.ask(stranger))
            }
        }
        let share = (
            ours: Double(hits.ours) / Double(asked), leastRecent: Double(hits.leastRecent) / Double(asked),
            firstIn: Double(hits.firstIn) / Double(asked)
        )
        #expect(share.ours > 0.9, "\(share)")
        #expect(share.ours > 2 * max(share.leastRecent, share.firstIn), "\(share)")
    }

    @Test func whatIsInUseStaysWhenItsAnswerIsReplaced() {
        var generator = SeededGenerator(for: "whatIsInUseStaysWhenItsAnswerIsReplaced")
        var answers = Answers(capacity: 1_000, seed: generator.next())
        for _ in 0..<2 {
            for hot in 0..<UInt64(300) {
                _ = answers.ask(hot)
            }
        }
        for cold in 0..<UInt64(2_000) {
            _ = answers.ask(1_000_000 + cold)
        }
        // As a request does that wants its answer computed anew.
        for hot in 0..<UInt64(300) {
            answers.insert(hot)
        }
        for cold in 0..<UInt64(2_000) {
            _ = answers.ask(2_000_000 + cold)
        }
        var found = 0
        for hot in 0..<UInt64(300) where answers.find(hot) { found += 1 }
        #expect(found == 300)
        answers.checkInvariants()
    }

    @Test func whoComesAgainAfterItWasGivenUpStays() {
        var generator = SeededGenerator(for: "whoComesAgainAfterItWasGivenUpStays")
        var answers = Answers(capacity: 1_000, seed: generator.next())
        func scan(_ answers: inout Answers, from first: UInt64, count: UInt64) {
            for stranger in first..<first + count {
                _ = answers.ask(stranger)
            }
        }
        // What is in use leaves newcomers their share only.
        for _ in 0..<2 {
            scan(&answers, from: 1_000_000, count: 800)
        }
        scan(&answers, from: 1_500_000, count: 1_000)
        for number in 0..<UInt64(50) {
            _ = answers.ask(number)
        }
        // Long enough for the newcomers to be given up, not for them to be forgotten.
        scan(&answers, from: 2_000_000, count: 200)
        var found = 0
        for number in 0..<UInt64(50) where answers.ask(number) { found += 1 }
        #expect(found == 0)
        scan(&answers, from: 3_000_000, count: 3_000)
        for number in 0..<UInt64(50) where answers.find(number) { found += 1 }
        // Strangers may have taken a few fingerprints' places.
        #expect(found >= 40)
    }

    @Test func expiredAnswersGoWithoutBeingAskedFor() {
        var answers = Answers(capacity: 4_000, seed: 1)
        for number in 0..<UInt64(1_000) {
            answers.insert(number, milliseconds: 10)
        }
        answers.advance(milliseconds: 11)
        // Each insertion looks at two places, and as many places were used.
        for number in 0..<UInt64(600) {
            answers.insert(10_000 + number)
        }
        #expect(answers.counters.expirations == 1_000)
        #expect(answers.counters.evictions == 0)
        #expect(answers.count == 600)
        answers.checkInvariants()
    }

    @Test func answerOlderThanTheRequestAcceptsIsKeptForOthers() {
        var cache = ResultCache(budgetBytes: 100_000)
        let body = OwnedBytes(zeros: 3)
        let key = CacheKey(kind: .predict, generation: 1, body: body.span, seed: 0)
        let stored = MonotonicTime(nanoseconds: 5)
        cache.insert(
            key, content: OwnedBytes(copying: body.span), bodyBytes: 3, now: stored,
            expiresAt: stored.advanced(byMilliseconds: 100))
        let now = stored.advanced(byMilliseconds: 50)
        let young = cache.find(key, body: body.span, maximumAgeMilliseconds: 49, now: now)
        #expect(young == nil)
        let old = cache.find(key, body: body.span, maximumAgeMilliseconds: 50, now: now)
        #expect(old?.ageMilliseconds == 50)
        #expect(cache.counters.expirations == 0)
    }
}
