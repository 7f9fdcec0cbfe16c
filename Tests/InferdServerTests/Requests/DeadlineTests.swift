import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// When requests are answered without the model: their time is over, or nobody waits for them.
struct DeadlineTests {
    @Test func anExpiredRequestNeverReachesTheEngine() throws {
        let server = try GatedServer()
        let client = try server.connect()
        try client.sendInfer(id: 1)
        #expect(server.gate.waitForArrivals(1))
        let runs = server.engine.runs
        try client.sendInfer(id: 2, timeout: 20)
        // The worker is busy: the timer answers.
        let expired = try client.receive()
        #expect(expired.id == 2)
        #expect(expired.error?.code == .deadlineExceeded)
        server.gate.open()
        #expect(try client.receive().id == 1)
        #expect(try client.repliesBeforePing().isEmpty)
        let accounts = try server.accountsAtRest()
        #expect(accounts.received == accounts.settled)
        #expect(server.engine.runs == runs)
    }

    @Test func aRequestWhoseModelRunsTooLongIsAnsweredOnTime() throws {
        let server = try GatedServer()
        let client = try server.connect()
        try client.sendInfer(id: 1, timeout: 20)
        #expect(try client.receive().error?.code == .deadlineExceeded)
        server.gate.open()
        // The worker's late answer goes nowhere.
        #expect(try client.repliesBeforePing().isEmpty)
        let accounts = try server.accountsAtRest()
        #expect(accounts.received == accounts.settled)
    }

    @Test func aTimeoutOverTheLimitIsRefused() throws {
        let server = try TestServer()
        let client = try server.connect()
        try client.sendInfer(timeout: Limits.maximumTimeoutMilliseconds + 1)
        let error = try client.receive().error
        #expect(error?.code == .invalidArgument)
        #expect(error?.field == "timeout_ms")
    }

    @Test func aCancelledRequestIsAnsweredOnceAndNotRun() throws {
        let server = try GatedServer()
        let client = try server.connect()
        try client.sendInfer(id: 1)
        #expect(server.gate.waitForArrivals(1))
        let runs = server.engine.runs
        try client.sendInfer(id: 2)
        try client.send(id: 3) { $0.writeCancel(id: 2) }
        let withdrawn = try client.receive()
        #expect(withdrawn.id == 2)
        #expect(withdrawn.error?.code == .cancelled)
        #expect(try client.receive().body == DecodedReply.Body.cancel(cancelled: true))
        try client.send(id: 4) { $0.writeCancel(id: 2) }
        #expect(try client.receive().body == DecodedReply.Body.cancel(cancelled: false))
        server.gate.open()
        #expect(try client.receive().id == 1)
        #expect(try client.repliesBeforePing().isEmpty)
        #expect(server.engine.runs == runs)
    }

    @Test func theAnswerOfARunningRequestIsDroppedWhenItsConnectionEnds() throws {
        let server = try GatedServer()
        do {
            let client = try server.connect()
            try client.sendInfer(id: 1)
            #expect(server.gate.waitForArrivals(1))
        }
        // Settled while the engine still runs.
        let accounts = try server.accountsAtRest()
        #expect(accounts.received == accounts.settled)
        server.gate.open()
        #expect(try server.connect().stats().framesAbandoned == 1)
    }
}
