import Testing

@testable import inferd_bench

struct ArrivalProcessTests {
    @Test func theSameSeedGivesTheSameArrivals() {
        let process = ArrivalProcess(rates: [100, 300])
        let times = process.arrivals(seconds: 10, seed: 1).map(\.time)
        #expect(times == process.arrivals(seconds: 10, seed: 1).map(\.time))
        #expect(times != process.arrivals(seconds: 10, seed: 2).map(\.time))
    }

    @Test func arrivalsComeAtTheirRatesAndInOrder() {
        let arrivals = ArrivalProcess(rates: [100, 300]).arrivals(seconds: 100, seed: 7)
        #expect(zip(arrivals, arrivals.dropFirst()).allSatisfy { $0.time <= $1.time })
        // 40,000 are expected, and 10,000 of the first kind: six standard deviations are 1,200 and 600.
        #expect(abs(arrivals.count - 40_000) < 1_200)
        #expect(abs(arrivals.count { $0.kind == 0 } - 10_000) < 600)
        // Gaps vary as much as they are long on average, unlike those of a clock.
        let gaps = zip(arrivals, arrivals.dropFirst()).map { Double($1.time - $0.time) }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(gaps.count)
        #expect(abs(variance.squareRoot() / mean - 1) < 0.1)
    }
}
