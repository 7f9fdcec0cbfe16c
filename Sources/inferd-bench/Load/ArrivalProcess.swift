import Glibc
import InferdBase

/// Requests that come independently of one another, as those of many callers do (a Poisson process).
struct ArrivalProcess {
    /// Mean number in a second, by kind.
    let rates: [Double]

    /// Those of `seconds`, in order. The same seed gives the same ones.
    func arrivals(seconds: Double, seed: UInt64) -> [Arrival] {
        var generator = SplitMix64(seed: seed)
        let total = rates.reduce(0, +)
        var arrivals: [Arrival] = []
        var time = 0.0
        while true {
            // Gaps of a Poisson process are distributed exponentially.
            time -= log(1 - Double.random(in: 0..<1, using: &generator)) / total
            if time >= seconds { return arrivals }
            let draw = Double.random(in: 0..<total, using: &generator)
            arrivals.append(Arrival(time: UInt64(time * 1e9), kind: kind(draw)))
        }
    }

    private func kind(_ draw: Double) -> Int {
        var rest = draw
        for (kind, rate) in rates.enumerated() {
            if rest < rate { return kind }
            rest -= rate
        }
        return rates.count - 1
    }
}
