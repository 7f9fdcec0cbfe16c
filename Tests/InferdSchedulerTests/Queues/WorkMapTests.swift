import InferdTestSupport
import Testing

@testable import InferdScheduler

struct WorkMapTests {
    @Test func findsTheNextModelGoingRound() throws {
        try SeedSweep.run("findsTheNextModelGoingRound", seeds: 500) { generator in
            let capacity = [1, 63, 64, 65, 200].randomElement(using: &generator) ?? 1
            let map = WorkMap(capacity: capacity)
            var model: Set<Int> = []
            for _ in 0..<60 {
                let place = Int.random(in: 0..<capacity, using: &generator)
                if Int.random(in: 0..<5, using: &generator) < 2 {
                    map.set(place)
                    model.insert(place)
                } else {
                    map.clear(place)
                    model.remove(place)
                }
                let start = Int.random(in: 0..<capacity, using: &generator)
                let expected = model.filter { $0 >= start }.min() ?? model.min()
                let found = map.next(from: start)
                try require(
                    found == expected, "from \(start) of \(model): \(String(describing: found))")
                try require(map.isEmpty == model.isEmpty, "an empty map that is not")
            }
        }
    }
}
