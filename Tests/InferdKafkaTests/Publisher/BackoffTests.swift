import InferdKafka
import Testing

struct BackoffTests {
    @Test func pausesDoubleUpToTheBound() {
        let backoff = Backoff(firstMilliseconds: 500, maximumMilliseconds: 30_000)
        let pauses = (1...8).map { backoff.milliseconds(afterFailures: $0) }
        #expect(pauses == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
        #expect(backoff.milliseconds(afterFailures: .max) == 30_000)
        #expect(backoff.milliseconds(afterFailures: 0) == 500)
    }

    @Test func greatestPauseDoesNotOverflow() {
        let backoff = Backoff(firstMilliseconds: 86_400_000, maximumMilliseconds: 86_400_000)
        backoff.checkRelations()
        #expect(backoff.milliseconds(afterFailures: .max) == 86_400_000)
    }
}
