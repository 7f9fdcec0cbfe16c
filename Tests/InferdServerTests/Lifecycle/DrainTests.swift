import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// How the daemon ends.
struct DrainTests {
    @Test func whatIsInFlightIsFinished() throws {
        let server = try GatedServer()
        let client = try server.connect()
        try client.sendInfer(id: 1)
        try client.sendInfer(id: 2)
        #expect(server.gate.waitForArrivals(1))
        let idle = try server.connect()
        #expect(try idle.repliesBeforePing().isEmpty)
        server.requestStop()
        for connection in [client, idle] {
            let goAway = try connection.receive()
            #expect(goAway.id == 0)
            #expect(goAway.error?.code == .unavailable)
        }
        server.gate.open()
        let replies = [try client.receive(), try client.receive()]
        #expect(replies.map(\.id).sorted() == [1, 2])
        #expect(replies.allSatisfy { $0.error == nil })
        #expect(try client.socket.receiveFrame() == nil)
        #expect(try idle.socket.receiveFrame() == nil)
        server.stop()
        #expect(throws: FrameSocket.Failure.self) { try server.connect() }
    }

    @Test func whatDoesNotFinishInTimeIsAnsweredUnavailable() throws {
        let server = try GatedServer(graceMilliseconds: 50)
        let client = try server.connect()
        try client.sendInfer(id: 1)
        #expect(server.gate.waitForArrivals(1))
        server.requestStop()
        #expect(try client.receive().id == 0)
        let answer = try client.receive()
        #expect(answer.id == 1)
        #expect(answer.error?.code == .unavailable)
        #expect(try client.socket.receiveFrame() == nil)
        server.gate.open()
        server.stop()
    }

    @Test func stoppingAnIdleServerRemovesItsSocket() throws {
        let server = try TestServer()
        let client = try server.connect()
        #expect(try client.repliesBeforePing().isEmpty)
        server.stop()
        #expect(throws: FrameSocket.Failure.self) { try server.connect() }
        #expect(try client.receive().body == .goAway(lastRequest: 1))
    }
}
