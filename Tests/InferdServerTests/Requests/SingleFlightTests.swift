import InferdBase
import InferdServer
import InferdTestSupport
import InferdWire
import Synchronization
import Testing

/// Identical requests in flight are computed once; each rule of who leads, joins and leaves.
struct SingleFlightTests {
    private func waitForFollowers(_ server: DirectedServer, _ count: UInt64) throws {
        #expect(try server.waitForStats { $0.cache.coalesced == count })
    }

    @Test func identicalRequestsRunOnce() throws {
        let server = try DirectedServer(workers: 2)
        let leader = try server.occupy(9)
        let clients = try (0..<5).map { _ in try server.connect() }
        for client in clients { try client.ask(5, receipt: true) }
        try waitForFollowers(server, 4)
        // Another question is not held up by them, nor joined to them.
        try leader.ask(6)
        server.gate.open()
        let replies = try clients.map { try $0.receive() }
        #expect(replies.allSatisfy { $0.error == nil && $0.row?.first == 5 && $0.receipt != nil })
        #expect(Set(replies.map(\.run)).count == 1)
        #expect(replies.count { $0.cache == .miss } == 1)
        #expect(replies.count { $0.cache == .coalesced } == 4)
        #expect(try leader.receive(2).values.allSatisfy { $0.error == nil })
        #expect(server.order.sorted() == [5, 6, 9])
        try server.expectSettled()
    }

    @Test func tenThousandIdenticalRequestsRunOnce() throws {
        let server = try DirectedServer(workers: 2)
        let clients = try (0..<100).map { _ in try server.connect() }
        server.gate.close()
        for client in clients {
            for _ in 0..<100 { try client.ask(5) }
        }
        // As many as their connections may have in flight.
        let joined = UInt64(clients.count * Limits.inFlightPerConnection)
        try waitForFollowers(server, joined - 1)
        server.gate.open()
        var outcomes: [CacheOutcome: Int] = [:]
        for client in clients {
            for _ in 0..<100 {
                let reply = try client.receive()
                #expect(reply.run == 1)
                outcomes[reply.cache ?? .bypass, default: 0] += 1
            }
        }
        #expect(server.runs == [[5]])
        #expect(outcomes[.miss] == 1)
        #expect((outcomes[.coalesced] ?? 0) >= Int(joined) - 1)
        #expect(outcomes.values.reduce(0, +) == 10_000 && outcomes[.bypass] == nil)
        try server.expectSettled()
    }

    // Deadlines.

    @Test func eachMemberKeepsItsOwnDeadline() throws {
        let server = try DirectedServer()
        let (leader, brief, patient) = (try server.connect(), try server.connect(), try server.connect())
        server.gate.close()
        try leader.ask(5)
        #expect(server.gate.waitForArrivals(1))
        try brief.ask(5, timeout: 20)
        try patient.ask(5)
        #expect(try brief.receive().error?.code == .deadlineExceeded)
        try waitForFollowers(server, 2)
        server.gate.open()
        #expect(try leader.receive().cache == .miss)
        #expect(try patient.receive().cache == .coalesced)
        #expect(server.runs == [[5]])
        try server.expectSettled()
    }

    @Test func aComputationGoesOnUntilTheLatestDeadline() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let (leader, follower) = (try server.connect(), try server.connect())
        try leader.ask(5, timeout: 100)
        try server.waitForQueue(1)
        try follower.ask(5)
        #expect(try leader.receive().error?.code == .deadlineExceeded)
        // Whoever asks for the same still joins it.
        let late = try server.connect()
        try late.ask(5)
        try waitForFollowers(server, 2)
        server.gate.open()
        #expect(try busy.receive().error == nil)
        #expect(try follower.receive().cache == .coalesced)
        #expect(try late.receive().cache == .coalesced)
        #expect(server.order == [0, 5])
        try server.expectSettled()
    }

    // Leaders that go.

    @Test func aCancelledLeaderHandsOver() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let (leader, follower) = (try server.connect(), try server.connect())
        try leader.ask(5, id: 1)
        try server.waitForQueue(1)
        try follower.ask(5)
        try waitForFollowers(server, 1)
        try leader.send(id: 2) { $0.writeCancel(id: 1) }
        #expect(try leader.receive().error?.code == .cancelled)
        #expect(try leader.receive().body == .cancel(cancelled: true))
        server.gate.open()
        _ = try busy.receive()
        let reply = try follower.receive()
        #expect(reply.cache == .coalesced)
        #expect(reply.row?.first == 5)
        #expect(server.order == [0, 5])
        // What was computed for others is kept, too.
        try leader.ask(5)
        #expect(try leader.receive().cache == .hit)
        try server.expectSettled()
    }

    @Test func aLeaderWhoseConnectionEndsHandsOver() throws {
        let server = try DirectedServer()
        let follower = try server.connect()
        server.gate.close()
        do {
            let leader = try server.connect()
            try leader.ask(5)
            #expect(server.gate.waitForArrivals(1))
            try follower.ask(5)
            try waitForFollowers(server, 1)
        }
        #expect(try server.waitForStats { $0.framesAbandoned == 1 })
        server.gate.open()
        #expect(try follower.receive().cache == .coalesced)
        #expect(server.runs == [[5]])
        try server.expectSettled()
    }

    @Test func aComputationThatNobodyWaitsForIsNotRunNorJoined() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        do {
            let (leader, follower) = (try server.connect(), try server.connect())
            try leader.ask(5)
            try server.waitForQueue(1)
            try follower.ask(5)
            try waitForFollowers(server, 1)
        }
        #expect(try server.waitForStats { $0.framesAbandoned == 2 })
        let newcomer = try server.connect()
        try newcomer.ask(5)
        try server.waitForQueue(2)
        server.gate.open()
        _ = try busy.receive()
        #expect(try newcomer.receive().cache == .miss)
        #expect(server.order == [0, 5])
        let stats = try newcomer.stats()
        #expect(stats.cache.coalesced == 1)
        #expect(stats.admission.droppedAtFormation == 1)
        try server.expectSettled()
    }

    @Test func followersMayLeave() throws {
        let server = try DirectedServer()
        let (leader, follower) = (try server.connect(), try server.connect())
        server.gate.close()
        try leader.ask(5)
        #expect(server.gate.waitForArrivals(1))
        for id in 1...10 { try follower.ask(5, id: UInt64(id)) }
        for id in [10, 1, 5] { try follower.send { $0.writeCancel(id: UInt64(id)) } }
        let cancelled = try (0..<6).map { _ in try follower.receive() }
        #expect(cancelled.filter { $0.error?.code == .cancelled }.map(\.id) == [10, 1, 5])
        server.gate.open()
        let answered = try follower.receive(7)
        #expect(Set(answered.keys) == [2, 3, 4, 6, 7, 8, 9])
        #expect(answered.values.allSatisfy { $0.cache == .coalesced })
        #expect(try leader.receive().error == nil)
        try server.expectSettled()
    }

    // Priority.

    @Test func aComputationHasTheHighestPriorityOfItsMembers() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let (batch, others, urgent) = (try server.connect(), try server.connect(), try server.connect())
        try batch.ask(5, isBatch: true)
        try server.waitForQueue(1)
        for value in 1...4 { try others.ask(Float(value) * 100, bypass: true) }
        try server.waitForQueue(5)
        try urgent.ask(5)
        try waitForFollowers(server, 1)
        server.gate.open()
        _ = try busy.receive()
        _ = try others.receive(4)
        #expect(try batch.receive().error == nil)
        #expect(try urgent.receive().error == nil)
        #expect(server.order == [0, 5, 100, 200, 300, 400])
    }

    @Test func aBatchComputationWithoutOthersWaits() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let (batch, others, patient) = (try server.connect(), try server.connect(), try server.connect())
        try batch.ask(5, isBatch: true)
        try server.waitForQueue(1)
        for value in 1...4 { try others.ask(Float(value) * 100, bypass: true) }
        try server.waitForQueue(5)
        try patient.ask(5, isBatch: true)
        try waitForFollowers(server, 1)
        server.gate.open()
        _ = try busy.receive()
        _ = try others.receive(4)
        _ = try batch.receive()
        _ = try patient.receive()
        #expect(server.order == [0, 100, 200, 300, 400, 5])
    }

    // Who takes no part.

    @Test func bypassAndRefreshNeitherLeadNorJoin() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        server.gate.close()
        let bypassing = try client.ask(5, bypass: true)
        #expect(server.gate.waitForArrivals(1))
        let refreshing = try client.ask(5, refresh: true)
        let leading = try client.ask(5)
        let following = try client.ask(5)
        let again = [try client.ask(5, bypass: true), try client.ask(5, refresh: true)]
        try server.waitForQueue(4)
        try waitForFollowers(server, 1)
        server.gate.open()
        let replies = try client.receive(6)
        #expect(replies[bypassing]?.cache == .bypass)
        #expect(replies[refreshing]?.cache == .miss)
        #expect(replies[leading]?.cache == .miss)
        #expect(replies[following]?.cache == .coalesced)
        #expect(replies[following]?.run == replies[leading]?.run)
        #expect(again.map { replies[$0]?.cache } == [.bypass, .miss])
        #expect(Set(replies.values.map(\.run)).count == 5)
        #expect(server.runs.count == 5)
    }

    // Refusals.

    @Test func whatTheBodyIsRefusedForHoldsForAll() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let clients = try (0..<4).map { _ in try server.connect() }
        for client in clients {
            try client.ask(DirectedServer.poison)
            try client.send(model: "stub", timeout: 60_000) { $0.writeInfer([TensorValues([1])], outputs: []) }
        }
        try waitForFollowers(server, 6)
        server.gate.open()
        _ = try busy.receive()
        for client in clients {
            let codes = try client.receive(2).values.map { $0.error?.code }
            #expect(Set(codes) == [.failedPrecondition, .invalidArgument])
        }
        #expect(server.order == [0, DirectedServer.poison])
        #expect(try server.connect().stats().cache.decidedAnew == 0)
        try server.expectSettled()
    }

    @Test func aRefusalOfTheMomentIsDecidedAnewForFollowers() throws {
        let server = try DirectedServer { $0.watchdogMilliseconds = 100 }
        server.direction.hangsLeft.store(1, ordering: .relaxed)
        let (leader, follower) = (try server.connect(), try server.connect())
        try leader.ask(DirectedServer.hang)
        #expect(server.engine.waitForHangs(1))
        for _ in 0..<5 { try follower.ask(DirectedServer.hang) }
        #expect(try leader.receive().error?.code == .deadlineExceeded)
        let replies = try follower.receive(5).values
        #expect(replies.allSatisfy { $0.error == nil && $0.row?.first == DirectedServer.hang })
        #expect(replies.count { $0.cache == .miss } == 1)
        #expect(server.runs.count == 1)
        #expect(try follower.stats().cache.decidedAnew == 5)
        try server.expectSettled()
    }

    // Connections.

    @Test func eachMemberCountsAgainstItsOwnConnection() throws {
        let server = try DirectedServer()
        let (leader, follower) = (try server.connect(), try server.connect())
        server.gate.close()
        try leader.ask(5)
        #expect(server.gate.waitForArrivals(1))
        let limit = Limits.inFlightPerConnection
        for _ in 0..<limit + 6 { try follower.ask(5) }
        try waitForFollowers(server, UInt64(limit))
        // The leader's own is not full; what comes after shows that no more of the other was read.
        for _ in 0..<limit - 1 { try leader.ask(5) }
        try waitForFollowers(server, UInt64(2 * limit - 1))
        #expect(try server.connect().stats().cache.coalesced == UInt64(2 * limit - 1))
        server.gate.open()
        #expect(try leader.receive(limit).count == limit)
        let replies = try follower.receive(limit + 6).values
        #expect(replies.count { $0.cache == .coalesced } == limit)
        #expect(replies.count { $0.cache == .hit } == 6)
        try server.expectSettled()
    }
}
