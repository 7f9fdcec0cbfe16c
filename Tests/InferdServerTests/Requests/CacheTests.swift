import Foundation
import InferdBase
import InferdServer
import InferdTestSupport
import InferdWire
import Testing

/// What is answered from earlier computations, and what never is.
struct CacheTests {
    /// The field of an `infer` reply's body, as its bytes came.
    private func inferField(_ message: [UInt8]) throws -> [UInt8] {
        var place = 0
        func varint() -> Int {
            var value = 0
            var shift = 0
            while true {
                let byte = Int(message[place])
                place += 1
                value |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { return value }
            }
        }
        while place < message.count {
            let tag = varint()
            if tag & 7 == 0 {
                _ = varint()
                continue
            }
            try #require(tag & 7 == 2)
            let count = varint()
            if tag >> 3 == 18 { return Array(message[place..<place + count]) }
            place += count
        }
        return []
    }

    @Test func aHitIsTheComputedReplyByteForByte() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        try client.ask(5)
        let computed = try #require(try client.socket.receiveMessage())
        for receipt in [false, true, false] {
            try client.ask(5, receipt: receipt)
            let message = try #require(try client.socket.receiveMessage())
            #expect(try inferField(message) == inferField(computed))
            let reply = try unsafe ReplyMessage.decode(message.span.bytes)
            #expect(reply.cache == .hit)
            #expect((reply.receipt != nil) == receipt)
            #expect(reply.run == 1)
        }
        #expect(try unsafe ReplyMessage.decode(computed.span.bytes).cache == .miss)
        #expect(try !inferField(computed).isEmpty)
        #expect(server.runs == [[5]])
        // Asked for with a receipt or without: one answer.
        let stats = try client.stats()
        #expect(stats.cache.hits == 3)
        #expect(stats.cache.misses == 1)
        #expect(stats.cache.entries == 1)
        #expect(stats.models.first?.requests == 1)
        try server.expectSettled()
    }

    @Test func theOutcomeIsTold() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        func outcome(bypass: Bool = false, refresh: Bool = false) throws -> [Int] {
            try client.ask(5, bypass: bypass, refresh: refresh)
            let reply = try client.receive()
            return [Int(reply.cache?.rawValue ?? 0), reply.run ?? 0]
        }
        let (hit, miss, bypass) = (
            Int(CacheOutcome.hit.rawValue), Int(CacheOutcome.miss.rawValue), Int(CacheOutcome.bypass.rawValue)
        )
        // What bypasses the cache is not kept.
        #expect(try outcome(bypass: true) == [bypass, 1])
        #expect(try outcome() == [miss, 2])
        #expect(try outcome() == [hit, 2])
        #expect(try outcome(bypass: true) == [bypass, 3])
        #expect(try outcome() == [hit, 2])
        // What refreshes it is computed, and kept from then on.
        #expect(try outcome(refresh: true) == [miss, 4])
        #expect(try outcome() == [hit, 4])
        let stats = try client.stats()
        #expect(stats.cache.bypassed == 2)
        #expect(stats.cache.entries == 1)
    }

    @Test func anAnswerIsNoOlderThanTheCallerAccepts() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        try client.ask(5)
        _ = try client.receive()
        try client.ask(5)
        #expect(try client.receive().cache == .hit)
        // Time has to pass: there is nothing else to wait for.
        usleep(30_000)
        try client.ask(5, maximumAge: 10)
        let renewed = try client.receive()
        #expect(renewed.cache == .miss)
        #expect(renewed.run == 2)
        usleep(30_000)
        try client.ask(5, maximumAge: 600_000)
        let hit = try client.receive()
        #expect(hit.cache == .hit)
        #expect(hit.run == 2)
        #expect(hit.cacheAgeMilliseconds >= 30)
    }

    @Test func anAnswersTimeBeginsWithItsComputation() throws {
        let server = try DirectedServer { $0.modelDefaults.timeToLiveMilliseconds = 200 }
        let client = try server.connect()
        try client.ask(5)
        _ = try client.receive()
        // Nothing wakes the I/O thread meanwhile: it learns of the answer with the next request.
        usleep(300_000)
        try client.ask(5)
        let reply = try client.receive()
        #expect(reply.cache == .miss)
        #expect(reply.run == 2)
    }

    @Test func anAnswerExpires() throws {
        let server = try DirectedServer { $0.modelDefaults.timeToLiveMilliseconds = 100 }
        let client = try server.connect()
        try client.ask(5)
        _ = try client.receive()
        let end = ContinuousClock.now + .seconds(20)
        var last = DecodedReply()
        repeat {
            try client.ask(5)
            last = try client.receive()
            #expect(last.cache == .miss || last.cacheAgeMilliseconds < 100)
        } while last.cache == .hit && ContinuousClock.now < end
        #expect(last.run == 2)
        #expect(try client.stats().cache.expirations == 1)
    }

    @Test func aModelWithoutTimeToLiveKeepsNothing() throws {
        let server = try DirectedServer { $0.modelDefaults.timeToLiveMilliseconds = 0 }
        let client = try server.connect()
        for run in 1...3 {
            try client.ask(5)
            let reply = try client.receive()
            #expect(reply.cache == .miss)
            #expect(reply.run == run)
        }
        #expect(try client.stats().cache.entries == 0)
    }

    @Test func errorsAreNotKept() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        for _ in 0..<2 {
            try client.ask(DirectedServer.poison)
            #expect(try client.receive().error?.code == .failedPrecondition)
            try client.send(model: "stub") { $0.writeInfer([TensorValues([1])], outputs: []) }
            #expect(try client.receive().error?.code == .invalidArgument)
        }
        #expect(server.runs == [[DirectedServer.poison], [DirectedServer.poison]])
        #expect(try client.stats().cache.entries == 0)
    }

    @Test func onlyTheSameQuestionIsAnswered() throws {
        let server = try DirectedServer(models: ["stub", "other"])
        try server.server.addPlain("stub", 2)
        #expect(try server.waitForStats { $0.models.count == 3 })
        server.forgetRuns()
        let client = try server.connect()
        let questions: [(model: String, version: UInt64, value: Float)] = [
            ("stub", 1, 5), ("stub", 2, 5), ("other", 1, 5), ("stub", 1, 5.000_001), ("stub", 2, -5),
        ]
        for outcome in [CacheOutcome.miss, .hit] {
            for (index, question) in questions.enumerated() {
                try client.ask(question.value, model: question.model, version: question.version)
                let reply = try client.receive()
                #expect(reply.cache == outcome)
                #expect(reply.row?.first == question.value)
                #expect(reply.run == index + 1)
            }
        }
        // Without a version it is the newest's question.
        try client.ask(5)
        #expect(try client.receive().run == 2)
        // A choice of outputs is part of the body.
        try client.send(model: "other") { $0.writeInfer([TensorValues([5, 0, 0, 0])], outputs: ["y"]) }
        #expect(try client.receive().cache == .miss)
        #expect(server.runs.count == questions.count + 1)
    }

    @Test func aCompressedBodyIsTheSameQuestion() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        let rows = TensorValues(
            name: "x", type: .float32, shape: [256, 4], data: [UInt8](repeating: 0, count: 256 * 16))
        try client.send(model: "stub") { $0.writeInfer([rows], outputs: []) }
        #expect(try client.receive().cache == .miss)
        try client.send(model: "stub", compress: true) { $0.writeInfer([rows], outputs: []) }
        #expect(try client.receive().cache == .hit)
        #expect(server.runs.count == 1)
    }

    @Test func aReloadMakesOlderAnswersUnreachable() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        try client.ask(5)
        #expect(try client.receive().run == 1)
        let generation = try client.stats().models.first?.generation
        try server.server.addPlain("stub", 1)
        #expect(try server.waitForStats { $0.models.first?.generation != generation })
        // The prewarming of the new load has run, too.
        let runs = server.runs.count
        try client.ask(5)
        let reply = try client.receive()
        #expect(reply.cache == .miss)
        #expect(reply.run == runs + 1)
        try client.ask(5)
        #expect(try client.receive().run == runs + 1)
    }

    @Test func aDrainingServerAnswersNothingFromTheCache() throws {
        let server = try DirectedServer()
        let client = try server.connect()
        try client.ask(5)
        _ = try client.receive()
        let busy = try server.occupy()
        server.server.server.requestStop()
        #expect(try busy.receive().error?.code == .unavailable)
        #expect(try client.receive().error?.code == .unavailable)
        _ = try? client.ask(5)
        #expect(try client.socket.receiveFrame() == nil)
        server.gate.open()
        #expect(try busy.receive().error == nil)
        server.server.stop()
    }

    @Test func theCacheStaysWithinItsBytes() throws {
        let server = try DirectedServer { $0.cacheBytes = 8 << 10 }
        let client = try server.connect()
        for value in 0..<200 {
            try client.ask(Float(value))
            #expect(try client.receive().cache == .miss)
        }
        let stats = try client.stats()
        #expect(stats.cache.bytes <= 8 << 10)
        #expect(stats.cache.evictions > 100)
        #expect(stats.cache.insertions == 200)
        #expect(stats.cache.entries + stats.cache.evictions == 200)
    }
}
