import InferdBase
import InferdServer
import InferdTestSupport
import InferdWire
import Testing

/// Engines that fail, and engines that do not come back.
struct EngineFaultTests {
    @Test func onePoisonousInputFailsAlone() throws {
        let server = try DirectedServer(rows: 8)
        let busy = try server.occupy()
        let clients = try (0..<8).map { _ in try server.connect() }
        for (index, client) in clients.enumerated() {
            try client.ask(index == 3 ? DirectedServer.poison : Float(index), bypass: true)
        }
        try server.waitForQueue(8)
        server.gate.open()
        _ = try busy.receive()
        for (index, client) in clients.enumerated() {
            let reply = try client.receive()
            if index == 3 {
                #expect(reply.error?.code == .failedPrecondition)
            } else {
                #expect(reply.row?.first == Float(index), "\(reply)")
            }
        }
        // All of them, then each alone.
        #expect(server.runs.map(\.count) == [1, 8] + Array(repeating: 1, count: 8))
        try server.expectSettled()
    }

    @Test func aRunThatHangsIsStopped() throws {
        let server = try DirectedServer(rows: 4) { $0.watchdogMilliseconds = 100 }
        let busy = try server.occupy()
        let clients = try (0..<4).map { _ in try server.connect() }
        for (index, client) in clients.enumerated() {
            try client.ask(index == 0 ? DirectedServer.hang : Float(index), bypass: true)
        }
        try server.waitForQueue(4)
        server.gate.open()
        _ = try busy.receive()
        // They shared the run, so that none of them is told an answer.
        for client in clients { #expect(try client.receive().error?.code == .deadlineExceeded) }
        #expect(try server.waitForStats { $0.isReady && $0.stuckWorkers == 0 })
        #expect(try server.connect().stats().watchdogStops >= 1)
        // The next run is not the stopped one's.
        for client in clients {
            try client.ask(5, bypass: true)
            #expect(try client.receive().row?.first == 5)
        }
        try server.expectSettled()
    }

    @Test func aServerWhoseWorkersAreAllStuckIsNotReady() throws {
        let server = try DirectedServer { $0.watchdogMilliseconds = 100 }
        let client = try server.connect()
        try client.ask(5)
        #expect(try client.receive().error == nil)
        // The gate does not heed the watchdog.
        let busy = try server.occupy()
        #expect(try busy.receive().error?.code == .deadlineExceeded)
        #expect(try server.waitForStats { !$0.isReady && $0.stuckWorkers == 1 && $0.watchdogStops == 1 })
        // Neither new questions nor old ones are answered.
        for value in [5, 6] {
            try client.ask(Float(value))
            let error = try client.receive().error
            #expect(error?.code == .unavailable)
            #expect((error?.retryAfterMilliseconds ?? 0) > 0)
        }
        server.gate.open()
        #expect(try server.waitForStats { $0.isReady && $0.stuckWorkers == 0 })
        try client.ask(5, maximumAge: 600_000)
        #expect(try client.receive().error == nil)
        #expect(try client.stats().watchdogStops == 1)
        try server.expectSettled()
    }

    @Test func theOtherWorkersGoOn() throws {
        let server = try DirectedServer(workers: 2) { $0.watchdogMilliseconds = 100 }
        let client = try server.connect()
        try client.ask(DirectedServer.hang, timeout: 60_000, bypass: true)
        #expect(server.engine.waitForHangs(1))
        let other = try server.connect()
        for value in 0..<20 {
            try other.ask(Float(value), bypass: true)
            #expect(try other.receive().error == nil)
        }
        #expect(try client.receive().error?.code == .deadlineExceeded)
        try server.expectSettled()
    }

    @Test func aServerEndsWhileARunHangs() throws {
        let server = try DirectedServer(graceMilliseconds: 50) { $0.watchdogMilliseconds = 0 }
        let client = try server.connect()
        try client.ask(DirectedServer.hang)
        #expect(server.engine.waitForHangs(1))
        // Its model is served no more.
        try server.server.remove("stub")
        #expect(try server.waitForStats { $0.models.isEmpty })
        server.server.server.requestStop()
        #expect(try client.receive().id == 0)
        #expect(try client.receive().error?.code == .unavailable)
        server.server.stop()
    }
}
