import InferdTestSupport
import Testing

@testable import InferdScheduler

struct HashIndexTests {
    /// Hashes that begin at the same few places, some of them equal, some at the table's very end.
    private static func hash(_ generator: inout SeededGenerator) -> UInt64 {
        let place = UInt64.random(in: 0..<4, using: &generator) &- 2
        return Bool.random(using: &generator) ? place : place &+ UInt64.random(in: 0..<3, using: &generator) << 32
    }

    @Test func findsWhatADictionaryFinds() throws {
        try SeedSweep.run("findsWhatADictionaryFinds", seeds: 2_000) { generator in
            let capacity = Int.random(in: 1...24, using: &generator)
            var index = HashIndex(capacity: capacity)
            var model: [UInt32: UInt64] = [:]
            for _ in 0..<80 {
                let value = UInt32.random(in: 0..<40, using: &generator)
                if let hash = model[value] {
                    index.remove(hash, value)
                    model[value] = nil
                } else if model.count < capacity {
                    let hash = Self.hash(&generator)
                    index.insert(hash, value)
                    model[value] = hash
                }
                try Self.compare(index, model, Self.hash(&generator))
            }
        }
    }

    private static func compare(
        _ index: borrowing HashIndex, _ model: [UInt32: UInt64], _ hash: UInt64
    ) throws(PropertyFailure) {
        try require(index.count == model.count, "\(index.count) values, not \(model.count)")
        var visited: [UInt32: UInt64] = [:]
        index.checkInvariants { visited[$1] = $0 }
        try require(visited == model, "\(visited), not \(model)")
        // Whoever has the hash is offered, once each, and nobody else.
        var offered: [UInt32] = []
        let found = index.find(hash) {
            offered.append($0)
            return false
        }
        let expected = model.filter { $0.value == hash }.map(\.key).sorted()
        try require(found == nil && offered.sorted() == expected, "\(hash): \(offered), not \(expected)")
        for value in expected {
            try require(index.find(hash) { $0 == value } == value, "\(value) is not found under \(hash)")
        }
    }
}
