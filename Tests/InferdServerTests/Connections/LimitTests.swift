import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// What one connection, and all of them together, may ask of the daemon.
struct LimitTests {
    @Test func theRequestBeyondTheLimitIsNotReadUntilOneIsAnswered() throws {
        let server = try GatedServer()
        let client = try server.connect()
        let count = UInt64(Limits.inFlightPerConnection) + 1
        for id in 1...count { try client.sendInfer(id: id) }
        let other = try server.connect()
        // The single I/O thread has read all it will of the first connection when it answers the second.
        #expect(server.gate.waitForArrivals(1))
        var stats = try other.stats()
        while stats.framesReceived < count { stats = try other.stats() }
        #expect(stats.models.first?.requests == count - 1)
        server.gate.open()
        let ids = try (1...count).map { _ in try client.receive().id }
        #expect(Set(ids) == Set(1...count))
        #expect(try other.stats().models.first?.requests == count)
    }

    @Test func repliesComeInWhateverOrderTheyAreReady() throws {
        let server = try GatedServer()
        let client = try server.connect()
        try client.sendInfer(id: 1)
        try client.sendPing(id: 2)
        #expect(try client.receive().id == 2)
        server.gate.open()
        #expect(try client.receive().id == 1)
    }

    @Test func aConnectionTooManyIsToldToGoAway() throws {
        let server = try TestServer()
        var clients: [TestClient] = []
        for _ in 0..<Limits.connections { clients.append(try server.connect()) }
        // The last of them is accepted once it is answered.
        try clients[Limits.connections - 1].sendPing(id: 1)
        #expect(try clients[Limits.connections - 1].receive().id == 1)
        let excess = try server.connect()
        let refusal = try excess.receive()
        #expect(refusal.id == 0)
        #expect(refusal.error?.code == .resourceExhausted)
        #expect((refusal.error?.retryAfterMilliseconds ?? 0) > 0)
        #expect(refusal.body == .goAway(lastRequest: 0))
        #expect(try excess.socket.receiveFrame() == nil)
        clients.removeFirst(100)
        try clients[0].sendPing(id: 5)
        #expect(try clients[0].receive().id == 5)
        let next = try connectWhenThereIsRoom(server)
        #expect(next)
        let stats = try clients[0].stats()
        #expect(stats.connectionsRefused >= 1)
    }

    /// The daemon learns of closed connections in its own time.
    private func connectWhenThereIsRoom(_ server: TestServer) throws -> Bool {
        for _ in 0..<1000 {
            let client = try server.connect()
            try client.sendPing(id: 1)
            if try client.receive().id == 1 { return true }
        }
        return false
    }

    @Test func anIdInFlightEndsTheConnectionOnceAllIsAnswered() throws {
        let server = try GatedServer()
        let client = try server.connect()
        try client.sendInfer(id: 9)
        try client.sendInfer(id: 9)
        let goAway = try client.receive()
        #expect(goAway.id == 0)
        #expect(goAway.error?.code == .invalidArgument)
        #expect(goAway.error?.field == "id")
        #expect(goAway.body == .goAway(lastRequest: 2))
        server.gate.open()
        let answer = try client.receive()
        #expect(answer.id == 9)
        #expect(answer.error == nil)
        #expect(try client.socket.receiveFrame() == nil)
    }

    @Test func anIdMayComeBackOnceItIsAnswered() throws {
        let server = try TestServer()
        let client = try server.connect()
        for _ in 0..<100 {
            try client.sendInfer(id: 5)
            let reply = try client.receive()
            #expect(reply.id == 5)
            #expect(reply.error == nil)
        }
    }

    @Test func whoReadsNothingIsNotReadFromAndThenClosed() throws {
        let server = try TestServer()
        let client = try server.connect()
        let payload = [UInt8](repeating: 7, count: Limits.pingPayloadBytes)
        // Far more than the kernel and the daemon keep; sending ends with the connection.
        #expect(throws: FrameSocket.Failure.self) {
            for id in 1...4000 { try client.sendPing(id: UInt64(id), payload) }
        }
        let other = try server.connect()
        #expect(try other.stats().framesReceived < 4000)
        let accounts = try server.accountsAtRest()
        #expect(accounts.received == accounts.settled)
    }

    @Test func aFrameThatIsNeverWholeEndsTheConnection() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.socket.send([0, 0, 0, 0, 10, 8])
        let goAway = try client.receive()
        #expect(goAway.error?.code == .deadlineExceeded)
        #expect(goAway.body == .goAway(lastRequest: 0))
        #expect(try client.socket.receiveFrame() == nil)
    }

    @Test func repliesReachAClientThatHasEndedItsSide() throws {
        let server = try GatedServer()
        let client = try server.connect()
        try client.sendInfer(id: 1)
        try client.sendPing(id: 2)
        client.socket.shutdownSending()
        #expect(try client.receive().id == 2)
        server.gate.open()
        #expect(try client.receive().id == 1)
        #expect(try client.socket.receiveFrame() == nil)
    }

    @Test func aPausedConnectionGoesOnOnceAllThatWaitedIsWritten() throws {
        // Replies so much larger than requests that reading pauses with all requests at hand, while a TCP
        // socket takes everything that waits at once.
        let server = try TestServer(models: (0..<200).map { "a-model-with-a-name-of-some-length-\($0)" })
        let client = try server.connectByTCP()
        for id in 1...100 { try client.send(id: UInt64(id)) { $0.writeModels() } }
        for id in 1...100 { #expect(try client.receive().id == UInt64(id)) }
    }

    @Test func aFrameMayTakeItsTimeAfterTheDaemonHasPaused() throws {
        let server = try GatedServer()
        let client = try server.connect()
        let count = UInt64(Limits.inFlightPerConnection) + 1
        for id in 1...count { try client.sendInfer(id: id, timeout: 60_000) }
        let frame = FrameSocket.frame([8, 99, 0xB2, 0x01, 3, 0x0A, 1, 0x55])
        try client.socket.send(Array(frame.prefix(7)))
        #expect(server.gate.waitForArrivals(1))
        // Another frame that is never whole tells when the time for one is over.
        let other = try server.connect()
        try other.socket.send([0])
        #expect(try other.receive().error?.code == .deadlineExceeded)
        server.gate.open()
        for _ in 1...count { #expect(try client.receive().error == nil) }
        // Time enough for the daemon to look at the limits of what it has begun to read again.
        client.socket.setTimeout(milliseconds: 500)
        #expect(throws: FrameSocket.Failure.self) { try client.socket.receiveFrame() }
        client.socket.setTimeout(seconds: 20)
        try client.socket.send(Array(frame.dropFirst(7)))
        #expect(try client.receive().body == .ping(payload: [0x55]))
    }

    @Test func whoCannotReadAnyMoreIsClosed() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.sendInfer(id: 1)
        #expect(try client.receive().error == nil)
        client.socket.shutdownReceiving()
        let other = try server.connect()
        // The reply fails in a worker, which does not close connections itself.
        try client.sendInfer(id: 2)
        #expect(try server.waitForStats(other) { $0.connectionsOpen == 1 })
    }
}
