import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// Requests that need no model.
struct ControlRequestTests {
    @Test func aPingComesBackWithItsBytes() throws {
        let server = try TestServer()
        let client = try server.connect()
        let payload = (0..<Limits.pingPayloadBytes).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try client.sendPing(id: 77, payload)
        let reply = try client.receive()
        #expect(reply.id == 77)
        #expect(reply.body == .ping(payload: payload))
    }

    @Test func helloTellsTheLimits() throws {
        let server = try TestServer(frameBytes: 1 << 20)
        let client = try server.connect()
        try client.send { writer in
            writer.writeHello(protocolVersion: 1, clientName: "test", token: "", acceptsCompressed: false)
        }
        guard case .hello(let hello) = try client.receive().body else {
            Issue.record("the reply is no hello")
            return
        }
        #expect(hello.frameBytes == 1 << 20)
        #expect(hello.inFlightPerConnection == 64)
        #expect(hello.protocolVersion == Version.wireProtocol)
    }

    @Test func aNewerProtocolIsRefusedByItsField() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send { writer in
            writer.writeHello(protocolVersion: 99, clientName: "", token: "", acceptsCompressed: false)
        }
        let error = try client.receive().error
        #expect(error?.code == .invalidArgument)
        #expect(error?.field == "hello.protocol_version")
    }

    @Test func requestsMayFollowHelloAtOnce() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send(id: 1) { writer in
            writer.writeHello(protocolVersion: 1, clientName: "test", token: "", acceptsCompressed: true)
        }
        try client.sendPing(id: 2)
        #expect(try client.receive().id == 1)
        #expect(try client.receive().id == 2)
    }

    @Test func modelsAreListedByNameAndSelected() throws {
        let server = try TestServer(models: ["zeta", "alpha"])
        let client = try server.connect()
        try client.send { $0.writeModels() }
        guard case .models(let all) = try client.receive().body else {
            Issue.record("the reply is no list")
            return
        }
        #expect(all.map(\.name) == ["alpha", "zeta"])
        #expect(all.allSatisfy { $0.state == .ready && $0.isDefault && $0.inputs.first?.shape == [-1, 4] })
        try client.send(model: "zeta") { $0.writeModels() }
        guard case .models(let one) = try client.receive().body else {
            Issue.record("the reply is no list")
            return
        }
        #expect(one.map(\.name) == ["zeta"])
        try client.send(model: "zeta", version: 9) { $0.writeModels() }
        #expect(try client.receive().error?.code == .notFound)
    }

    @Test func statsCountWhatHappened() throws {
        let server = try TestServer()
        let client = try server.connect()
        for _ in 0..<3 {
            try client.sendInfer()
            #expect(try client.receive().error == nil)
        }
        try client.sendInfer(model: "nobody")
        #expect(try client.receive().error?.code == .notFound)
        let stats = try client.stats()
        #expect(stats.framesReceived == 5)
        #expect(stats.replies.first { $0.code == .ok }?.count == 3)
        #expect(stats.replies.first { $0.code == .notFound }?.count == 1)
        #expect(stats.requestsInFlight == 1)
        #expect(stats.connectionsOpen == 1)
        #expect(stats.workers == 2)
        #expect(stats.models.first?.requests == 3)
        #expect(stats.models.first?.engineRuns == 3)
        #expect(!stats.isDraining)
    }

    @Test func compressedFramesGoBothWays() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.send { writer in
            writer.writeHello(protocolVersion: 1, clientName: "", token: "", acceptsCompressed: true)
        }
        _ = try client.receive()
        let rows = TensorValues(
            name: "x", type: .float32, shape: [1000, 4], data: [UInt8](repeating: 0, count: 16_000))
        try client.send(model: "stub", compress: true) { $0.writeInfer([rows], outputs: []) }
        let received = try client.socket.receiveFrame()
        #expect(received?.flags == 1)
        #expect((received?.payload.count ?? .max) < 2000)
    }
}
