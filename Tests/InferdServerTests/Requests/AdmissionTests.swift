import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Synchronization
import Testing

@testable import InferdServer

/// What is refused on arrival, what is given up later, and in which order the rest runs.
struct AdmissionTests {
    private func expectExhausted(_ reply: DecodedReply, _ text: String, _ place: SourceLocation = #_sourceLocation) {
        #expect(reply.error?.code == .resourceExhausted, "\(reply)", sourceLocation: place)
        #expect(reply.error?.message.contains(text) == true, "\(reply)", sourceLocation: place)
        #expect((reply.error?.retryAfterMilliseconds ?? 0) > 0, "\(reply)", sourceLocation: place)
    }

    // Bounds.

    @Test func aQueueHoldsNoMoreThanItsLength() throws {
        let server = try DirectedServer { $0.modelDefaults.queueLength = 4 }
        let busy = try server.occupy()
        let client = try server.connect()
        for value in 1...4 { try client.ask(Float(value), bypass: true) }
        try server.waitForQueue(4)
        let excess = try client.ask(5, bypass: true)
        let refusal = try client.receive()
        #expect(refusal.id == excess)
        expectExhausted(refusal, "4 requests wait")
        // One that joins a computation takes no place.
        let follower = try server.connect()
        try follower.ask(5)
        expectExhausted(try follower.receive(), "4 requests wait")
        server.gate.open()
        _ = try busy.receive()
        #expect(try client.receive(4).values.allSatisfy { $0.error == nil })
        try client.ask(5, bypass: true)
        #expect(try client.receive().error == nil)
        #expect(try client.stats().admission.refusedQueue == 2)
        try server.expectSettled()
    }

    @Test func noMoreThanTheConcurrencyIsComputedAtOnce() throws {
        let server = try DirectedServer(workers: 2) { $0.modelDefaults.maximumConcurrency = 3 }
        let busy = try server.occupy(workers: 2)
        let client = try server.connect()
        try client.ask(5)
        try server.waitForQueue(1)
        try client.ask(6)
        expectExhausted(try client.receive(), "3 requests for this model")
        // Nothing is computed for one that joins.
        let follower = try server.connect()
        try follower.ask(5)
        #expect(try server.waitForStats { $0.cache.coalesced == 1 })
        server.gate.open()
        #expect(try follower.receive().error == nil)
        #expect(try client.receive().error == nil)
        #expect(try busy.receive(2).values.allSatisfy { $0.error == nil })
        #expect(try client.stats().admission.refusedConcurrency == 1)
        try server.expectSettled()
    }

    @Test func whoHasItsAnswerMayAskAgainAtOnce() throws {
        let server = try DirectedServer { $0.modelDefaults.maximumConcurrency = 1 }
        let client = try server.connect()
        for value in 0..<500 {
            try client.ask(Float(value))
            #expect(try client.receive().error == nil)
        }
    }

    /// Asks with a tensor of so many bytes, which the model would refuse if it ever came to it.
    private func askLarge(_ client: TestClient, bytes: Int) throws {
        let tensor = TensorValues(
            name: "x", type: .float32, shape: [1, Int64(bytes / 4)], data: [UInt8](repeating: 0, count: bytes))
        try client.send(model: "stub", timeout: 60_000, bypass: true) { $0.writeInfer([tensor], outputs: []) }
    }

    @Test func requestsInFlightTakeNoMoreMemoryThanTheyMay() throws {
        let server = try DirectedServer {
            // A request holds its own bytes and as many for its reply.
            $0.heldBytesPerConnection = 300_000
            $0.heldBytes = 1_100_000
        }
        let busy = try server.occupy()
        // Two of these are more than a connection may hold, six more than all may.
        let large = 100_000
        let clients = try (0..<6).map { _ in try server.connect() }
        for (index, client) in clients.prefix(5).enumerated() {
            try askLarge(client, bytes: large)
            try server.waitForQueue(UInt32(index + 1))
        }
        try askLarge(clients[0], bytes: large)
        expectExhausted(try clients[0].receive(), "the connection's requests")
        try askLarge(clients[5], bytes: large)
        expectExhausted(try clients[5].receive(), "the requests in flight")
        // A small one has room.
        try clients[5].ask(5, bypass: true)
        try server.waitForQueue(6)
        server.gate.open()
        _ = try busy.receive()
        for client in clients.prefix(5) { #expect(try client.receive().error?.code == .invalidArgument) }
        #expect(try clients[5].receive().error == nil)
        #expect(try clients[5].stats().admission.refusedBytes == 2)
        // What they held is free again.
        try askLarge(clients[5], bytes: large)
        #expect(try clients[5].receive().error?.code == .invalidArgument)
        try server.expectSettled()
    }

    // Predictions.

    @Test func whatCannotBeReadyInTimeIsRefusedAtOnce() throws {
        let server = try DirectedServer(delayMicroseconds: 20_000)
        let (patient, hasty) = (try server.connect(), try server.connect())
        let count = 40
        for value in 0..<count { try patient.ask(Float(value), bypass: true) }
        #expect(try server.waitForStats { $0.models.first?.requests == UInt64(count) })
        try hasty.ask(100, timeout: 200, bypass: true)
        let refusal = try hasty.receive()
        expectExhausted(refusal, "before the deadline")
        #expect(!server.order.contains(100))
        // Who comes back when told to, and again when told again, is served: each wait makes the next less.
        var wait = refusal.error?.retryAfterMilliseconds ?? 0
        var attempts = 0
        while wait > 0, attempts < 10 {
            usleep(wait * 1000)
            attempts += 1
            try hasty.ask(100, timeout: 200, bypass: true)
            let error = try hasty.receive().error
            wait = error?.retryAfterMilliseconds ?? 0
            if error?.code == .deadlineExceeded { break }
        }
        #expect(attempts <= 5)
        _ = try patient.receive(count)
        #expect(try hasty.stats().admission.refusedDeadline == UInt64(attempts))
        try server.expectSettled()
    }

    @Test func anIdleModelTakesOneWhateverItsEstimateSays() throws {
        let server = try DirectedServer(delayMicroseconds: 300_000)
        let client = try server.connect()
        #expect((try client.stats().models.first?.requests) == 0)
        // It was slow while it was loaded, and is fast from now on.
        server.direction.delayMicroseconds.store(0, ordering: .relaxed)
        for value in 0..<60 {
            try client.ask(Float(value), timeout: 250, bypass: true)
            let reply = try client.receive()
            #expect(reply.error?.code != .resourceExhausted, "\(reply)")
        }
        // The estimate has recovered: several at once are taken, too.
        for value in 0..<8 { try client.ask(Float(value), timeout: 250, bypass: true) }
        let replies = try client.receive(8).values
        #expect(!replies.contains { $0.error?.code == .resourceExhausted })
        #expect(try client.stats().admission.refusedDeadline == 0)
    }

    // Giving up.

    @Test func aRequestWhoseTimeIsOverWhenItIsReadIsNotQueued() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        var head = RequestHead(id: 1)
        head.model = "stub"
        head.timeoutMilliseconds = 5
        var writer = RequestWriter()
        writer.begin(head)
        writer.writeInfer([TensorValues([5, 0, 0, 0])], outputs: [])
        writer.end()
        let span = writer.bytes.span
        let bytes = unsafe span.withUnsafeBytes { unsafe Array($0) }
        try client.socket.send(Array(bytes[..<10]))
        // Its time begins with its first byte.
        let other = try server.connect()
        #expect(try server.server.waitForStats(other) { $0.bytesReceived >= 10 })
        usleep(10_000)
        try client.socket.send(Array(bytes[10...]))
        #expect(try client.receive().error?.code == .deadlineExceeded)
        let stats = try client.stats()
        #expect(stats.admission.expiredAtArrival == 1)
        #expect(stats.models.first?.requests == 0)
        try server.expectSettled()
    }

    @Test func whoWaitsTooLongIsAnsweredOnTimeAndNotRun() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let client = try server.connect()
        try client.ask(5, timeout: 30, bypass: true)
        try client.ask(6, bypass: true)
        #expect(try client.receive().error?.code == .deadlineExceeded)
        #expect(try client.stats().admission.expiredWaiting == 1)
        server.gate.open()
        _ = try busy.receive()
        #expect(try client.receive().row?.first == 6)
        #expect(server.order == [0, 6])
        let admission = try client.stats().admission
        #expect(admission.droppedAtFormation == 1)
        #expect(admission.expiredWaiting == 1)
        try server.expectSettled()
    }

    @Test func whatCouldNotBeFinishedAnyMoreIsNotBegun() throws {
        let server = try DirectedServer(rows: 2, delayMicroseconds: 300_000)
        let busy = try server.occupy()
        let client = try server.connect()
        try client.ask(5, bypass: true)
        let late = try client.ask(6, timeout: 1000, bypass: true)
        try server.waitForQueue(2)
        // Less than a run's time is left when the next one is formed, but some is.
        usleep(800_000)
        server.gate.open()
        _ = try busy.receive()
        let replies = try client.receive(2)
        #expect(replies[late]?.error?.code == .deadlineExceeded)
        #expect(server.order == [0, 5])
        #expect(try client.stats().admission.droppedAtFormation == 1)
        try server.expectSettled()
    }

    @Test func aCancelledRequestLeavesItsQueue() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let client = try server.connect()
        try client.ask(5, id: 1, bypass: true)
        try server.waitForQueue(1)
        try client.send { $0.writeCancel(id: 1) }
        #expect(try client.receive().error?.code == .cancelled)
        #expect(try client.receive().body == .cancel(cancelled: true))
        server.gate.open()
        _ = try busy.receive()
        #expect(try server.waitForStats { $0.admission.droppedAtFormation == 1 })
        #expect(try client.stats().admission.cancelled == 1)
        #expect(server.order == [0])
        try server.expectSettled()
    }

    @Test func nothingIsComputedForClientsThatVanished() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        do {
            let gone = try server.connect()
            for value in 1...20 { try gone.ask(Float(value)) }
            try server.waitForQueue(20)
        }
        #expect(try server.waitForStats { $0.framesAbandoned == 20 })
        server.gate.open()
        _ = try busy.receive()
        #expect(try server.waitForStats { $0.admission.droppedAtFormation == 20 })
        #expect(server.order == [0])
        try server.expectSettled()
    }

    @Test func aForecastIsGivenUpBetweenItsSteps() throws {
        for way in ["cancelled", "gone", "expired"] {
            let server = try ForecastServer()
            let observer = try server.connect()
            server.gate.close()
            var client: TestClient? = try server.connect()
            try client?.forecast(id: 1, horizon: 12, timeout: way == "expired" ? 100 : 60_000, bypass: true)
            #expect(server.gate.waitForArrivals(1))
            switch way {
            case "cancelled":
                try client?.send { $0.writeCancel(id: 1) }
                #expect(try client?.receive().error?.code == .cancelled)
            case "gone": client = nil
            default: #expect(try client?.receive().error?.code == .deadlineExceeded)
            }
            #expect(
                try server.server.waitForStats(observer) { stats in
                    stats.framesAbandoned + stats.replies.filter { $0.code != .ok }.reduce(0) { $0 + $1.count } == 1
                })
            server.gate.open()
            #expect(try server.server.waitForStats(observer) { $0.admission.abandonedBetweenSteps == 1 })
            #expect(server.runs == 1, "\(way)")
            let accounts = try server.server.accountsAtRest()
            #expect(accounts.received == accounts.settled)
        }
    }

    // Order.

    @Test func batchRequestsAreNotStarved() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let (background, foreground) = (try server.connect(), try server.connect())
        for value in 1...3 { try background.ask(-Float(value), bypass: true, isBatch: true) }
        try server.waitForQueue(3)
        for value in 1...40 { try foreground.ask(Float(value), bypass: true) }
        try server.waitForQueue(43)
        server.gate.open()
        _ = try busy.receive()
        _ = try background.receive(3)
        _ = try foreground.receive(40)
        let places = server.order.indices.filter { server.order[$0] < 0 }
        // Behind the one that ran already, one in eight.
        #expect(places == [8, 16, 24], "\(server.order)")
    }

    @Test func aLightConnectionIsNotStarvedByAHeavyOne() throws {
        let server = try DirectedServer()
        let busy = try server.occupy()
        let (heavy, light) = (try server.connect(), try server.connect())
        for value in 1...60 { try heavy.ask(Float(value), bypass: true) }
        try server.waitForQueue(60)
        for value in 1...2 { try light.ask(-Float(value), bypass: true) }
        try server.waitForQueue(62)
        server.gate.open()
        _ = try busy.receive()
        _ = try light.receive(2)
        _ = try heavy.receive(60)
        let places = server.order.indices.filter { server.order[$0] < 0 }
        #expect(places.count == 2 && places[0] <= 3 && places[1] <= 6, "\(server.order)")
    }
}
