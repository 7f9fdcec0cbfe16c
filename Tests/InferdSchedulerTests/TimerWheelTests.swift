import InferdBase
import InferdTestSupport
import Testing

@testable import InferdScheduler

struct TimerWheelTests {
    /// A wheel in whole milliseconds.
    private final class Wheel {
        private var wheel: TimerWheel

        init(capacity: Int, now: UInt64) {
            wheel = TimerWheel(capacity: capacity, now: Wheel.time(now))
        }

        private static func time(_ milliseconds: UInt64) -> MonotonicTime {
            MonotonicTime(nanoseconds: milliseconds * 1_000_000)
        }

        var count: Int { wheel.count }
        func set(_ item: UInt32, deadline: UInt64) { wheel.set(item, deadline: Wheel.time(deadline)) }
        func setNever(_ item: UInt32) { wheel.set(item, deadline: .distantFuture) }
        func clear(_ item: UInt32) { wheel.clear(item) }
        func isSet(_ item: UInt32) -> Bool { wheel.isSet(item) }
        func expire(now: UInt64) -> UInt32? { wheel.expire(now: Wheel.time(now)) }
        func millisecondsUntilNext(now: UInt64) -> Int? { wheel.millisecondsUntilNext(now: Wheel.time(now)) }
        func checkInvariants() { wheel.checkInvariants() }
    }

    @Test func itemExpiresAfterItsDeadlineAndNotBefore() {
        let wheel = Wheel(capacity: 4, now: 10)
        wheel.set(2, deadline: 15)
        #expect(wheel.expire(now: 15) == nil)
        #expect(wheel.expire(now: 16) == 2)
        #expect(wheel.expire(now: 16) == nil)
        #expect(wheel.count == 0)
    }

    @Test func clearedItemNeverExpires() {
        let wheel = Wheel(capacity: 4, now: 0)
        wheel.set(0, deadline: 5)
        wheel.set(1, deadline: 5)
        wheel.clear(0)
        wheel.clear(3)
        #expect(wheel.expire(now: 100) == 1)
        #expect(wheel.expire(now: 200) == nil)
    }

    @Test func deadlineBeyondOneTurnWaitsForItsTurn() {
        let wheel = Wheel(capacity: 2, now: 0)
        wheel.set(0, deadline: 5_000)
        wheel.setNever(1)
        for now in stride(from: 100 as UInt64, through: 5_000, by: 100) {
            #expect(wheel.expire(now: now) == nil)
        }
        #expect(wheel.expire(now: 5_001) == 0)
        #expect(wheel.count == 1)
    }

    @Test func sleeperIsToldToLookInTime() throws {
        let wheel = Wheel(capacity: 2, now: 0)
        #expect(wheel.millisecondsUntilNext(now: 0) == nil)
        wheel.set(0, deadline: 40)
        let wait = try #require(wheel.millisecondsUntilNext(now: 3))
        #expect(wait > 0 && wait <= 38)
        #expect(wheel.millisecondsUntilNext(now: 50) == 0)
    }

    /// The time since the last look must not be walked millisecond by millisecond: it may be weeks.
    @Test(.timeLimit(.minutes(1))) func longIdleTimeIsPassedInOneStep() {
        let week: UInt64 = 7 * 24 * 3600 * 1000
        var now: UInt64 = 5
        let wheel = Wheel(capacity: 4, now: now)
        for _ in 0..<20 {
            now += week + 333
            // What is set before the wheel is turned on counts from now all the same.
            wheel.set(0, deadline: now + 20)
            wheel.set(1, deadline: now + 3_000)
            wheel.setNever(2)
            #expect(wheel.expire(now: now) == nil)
            wheel.checkInvariants()
            #expect(wheel.expire(now: now + 20) == nil)
            #expect(wheel.expire(now: now + 21) == 0)
            #expect(wheel.expire(now: now + 3_000) == nil)
            #expect(wheel.expire(now: now + week) == 1)
            #expect(wheel.expire(now: now + week) == nil)
            wheel.checkInvariants()
            #expect(wheel.count == 1)
            wheel.clear(2)
            now += week
        }
    }

    @Test func behavesLikeASortedListUnderRandomUse() {
        var generator = SeededGenerator(for: "behavesLikeASortedListUnderRandomUse")
        var now: UInt64 = 1_000
        let wheel = Wheel(capacity: 64, now: now)
        var model: [UInt32: UInt64] = [:]
        for _ in 0..<20_000 {
            let item = UInt32.random(in: 0..<64, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                if model[item] == nil {
                    let deadline = now + UInt64.random(in: 0..<4_000, using: &generator)
                    wheel.set(item, deadline: deadline)
                    model[item] = deadline
                }
            case 2:
                wheel.clear(item)
                model[item] = nil
            default:
                // Now and then by more than a turn of the wheel, or several.
                let most: UInt64 = Int.random(in: 0..<20, using: &generator) == 0 ? 9_000 : 300
                now += UInt64.random(in: 0..<most, using: &generator)
                while let expired = wheel.expire(now: now) {
                    #expect((model.removeValue(forKey: expired) ?? .max) < now)
                }
                // One tick of rounding is all that a deadline may be late.
                #expect(model.values.allSatisfy { $0 + 1 >= now })
            }
            #expect(wheel.isSet(item) == (model[item] != nil))
            #expect(wheel.count == model.count)
            wheel.checkInvariants()
        }
    }
}
