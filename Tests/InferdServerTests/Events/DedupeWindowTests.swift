import Foundation
import InferdBase
import InferdTestSupport
import Synchronization
import Testing

@testable import InferdServer

struct DedupeWindowTests {
    private func key(_ number: Int) -> ContentHash {
        ContentHash(low: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, high: UInt64(number))
    }

    @Test func aKeyIsSeenForTheWindowAndNoLonger() {
        let window = DedupeWindow(milliseconds: 100)
        let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
        #expect(!window.hasSeen(key(1), now: start))
        #expect(window.hasSeen(key(1), now: start))
        #expect(window.hasSeen(key(1), now: start.advanced(byMilliseconds: 99)))
        #expect(!window.hasSeen(key(2), now: start))
        // Looking does not make it younger.
        #expect(!window.hasSeen(key(1), now: start.advanced(byMilliseconds: 100)))
        #expect(window.hasSeen(key(1), now: start.advanced(byMilliseconds: 150)))
    }

    @Test func withoutAWindowNothingIsSeen() {
        let window = DedupeWindow(milliseconds: 0)
        let now = MonotonicTime.now()
        #expect(!window.hasSeen(key(1), now: now))
        #expect(!window.hasSeen(key(1), now: now))
    }

    /// Against a dictionary: what it has not seen is never taken for seen.
    @Test func nothingNewIsTakenForSeen() throws {
        try SeedSweep.run("nothingNewIsTakenForSeen", seeds: 50) { generator in
            let window = DedupeWindow(milliseconds: 50)
            var noted: [Int: UInt64] = [:]
            var time: UInt64 = 1_000
            for _ in 0..<2_000 {
                time += UInt64.random(in: 0...3, using: &generator)
                let number = Int.random(in: 0..<400, using: &generator)
                let now = MonotonicTime(nanoseconds: time * 1_000_000)
                let isSeen = window.hasSeen(key(number), now: now)
                let isYoung = noted[number].map { time - $0 < 50 } ?? false
                try require(isYoung || !isSeen, "\(number) at \(time)")
                // Few keys: none is forgotten.
                try require(isSeen == isYoung, "\(number) at \(time) was forgotten")
                if !isSeen { noted[number] = time }
            }
        }
    }

    /// Of many threads that ask for the same keys, at least one is told of each that it is new, and no more than
    /// there are threads.
    @Test func everyKeyIsNewToSomebody() {
        let window = DedupeWindow(milliseconds: 60_000)
        let keys = 10_000
        let news = (0..<keys).map { _ in 0 }
        let counts = Locked(news)
        let now = MonotonicTime.now()
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            var mine: [Int] = []
            for number in 0..<keys where !window.hasSeen(key(number), now: now) { mine.append(number) }
            counts.withLock { counts in for number in mine { counts[number] += 1 } }
        }
        let found = counts.withLock { $0 }
        #expect(found.allSatisfy { $0 >= 1 && $0 <= 4 })
    }
}
