import InferdBase
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdScheduler

struct FlightTableTests {
    /// A flight table beside plain dictionaries.
    private struct Model: ~Copyable {
        private static let capacity: UInt32 = 12
        private var table = FlightTable(capacity: Int(Model.capacity))
        private var generator: SeededGenerator
        /// By record, what it computes; bodies stand beside the key, because hashes collide.
        private var leading: [UInt32: (key: CacheKey, body: Int)] = [:]
        private var leaderOf: [UInt32: UInt32] = [:]

        init(generator: SeededGenerator) {
            self.generator = generator
        }

        private mutating func question() -> (key: CacheKey, body: Int) {
            let hash = ContentHash(
                low: UInt64.random(in: 0..<2, using: &generator), high: UInt64.random(in: 0..<2, using: &generator))
            let key = CacheKey(
                hash: hash, kind: Bool.random(using: &generator) ? .predict : .infer,
                generation: UInt64.random(in: 1...2, using: &generator))
            return (key, Int.random(in: 0..<2, using: &generator))
        }

        mutating func step() throws(PropertyFailure) {
            let record = UInt32.random(in: 0..<Self.capacity, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1: try arrive(record)
            case 2:
                // Its followers stay.
                table.stopLeading(record)
                leading[record] = nil
            case 3:
                guard leaderOf[record] != nil else { return }
                table.leave(record)
                leaderOf[record] = nil
            default:
                try takeFollower(record)
            }
            table.checkInvariants()
            try compare()
        }

        /// A request comes: it follows whoever computes the same, else it leads.
        private mutating func arrive(_ record: UInt32) throws(PropertyFailure) {
            let isBusy =
                leading[record] != nil || leaderOf[record] != nil || leaderOf.values.contains(record)
            if isBusy { return }
            let question = question()
            let bodies = leading.mapValues(\.body)
            let found = table.leader(of: question.key) { bodies[$0] == question.body }
            let expected = leading.first { $0.value.key == question.key && $0.value.body == question.body }?.key
            try require(
                found == expected, "\(String(describing: found)) leads, not \(String(describing: expected))")
            if let found {
                table.join(record, found)
                leaderOf[record] = found
            } else {
                table.lead(record, question.key)
                leading[record] = question
            }
        }

        private mutating func takeFollower(_ leader: UInt32) throws(PropertyFailure) {
            let taken = table.takeFollower(leader)
            guard let taken else {
                try require(!leaderOf.values.contains(leader), "a follower of \(leader) was not given")
                return
            }
            try require(leaderOf[taken] == leader, "\(taken) does not follow \(leader)")
            leaderOf[taken] = nil
        }

        private func compare() throws(PropertyFailure) {
            try require(table.count == leading.count, "\(table.count) lead, not \(leading.count)")
            for record in 0..<Self.capacity {
                try require(table.key(of: record) == leading[record]?.key, "the key of \(record)")
                try require(table.leader(of: record) == leaderOf[record], "the leader of \(record)")
                let followers = leaderOf.values.count { $0 == record }
                try require(table.followerCount(record) == followers, "followers of \(record)")
            }
        }
    }

    @Test func knowsWhoWaitsForWhom() throws {
        try SeedSweep.run("knowsWhoWaitsForWhom", seeds: 1_500) { generator in
            var model = Model(generator: generator)
            for _ in 0..<60 {
                try model.step()
            }
        }
    }

    @Test func equalHashesOfDifferentBodiesAreDifferentComputations() {
        var table = FlightTable(capacity: 4)
        let key = CacheKey(hash: ContentHash(low: 7, high: 7), kind: .predict, generation: 1)
        let bodies: [UInt32: String] = [0: "a", 1: "b"]
        table.lead(0, key)
        table.lead(1, key)
        #expect(table.leader(of: key) { bodies[$0] == "a" } == 0)
        #expect(table.leader(of: key) { bodies[$0] == "b" } == 1)
        #expect(table.leader(of: key) { bodies[$0] == "c" } == nil)
        let reloaded = CacheKey(hash: ContentHash(low: 7, high: 7), kind: .predict, generation: 2)
        #expect(table.leader(of: reloaded) { _ in true } == nil)
        table.checkInvariants()
    }
}
