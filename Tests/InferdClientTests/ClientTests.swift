import InferdBase
import InferdClient
import InferdTestSupport
import InferdWire
import Testing

struct ClientTests {
    /// Echoes pings.
    private static let echo: ScriptedServer.Script = { request, writer in
        writer.writeEcho(id: request.envelope.id, try request.pingPayload)
        return .goOn
    }

    private func connect(_ server: ScriptedServer) throws -> Client {
        try Client(blockingTo: ServerAddress(parsing: server.address))
    }

    @Test func pingsComeBack() async throws {
        let server = try ScriptedServer(Self.echo)
        let client = try await Client.connect(to: ServerAddress(parsing: server.address))
        #expect(try await client.ping([1, 2, 3]) == [1, 2, 3])
        #expect(try await client.ping() == [])
    }

    @Test func largeFramesGoBothWays() async throws {
        let server = try ScriptedServer(Self.echo)
        let client = try connect(server)
        // More than any socket buffer takes at once.
        let payload = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try await client.ping(payload) == payload)
    }

    @Test func answersInAnyOrderFindTheirRequests() async throws {
        let held = Locked<[(UInt64, [UInt8])]>([])
        let server = try ScriptedServer { request, writer in
            let all = try held.withLock { held in
                held.append((request.envelope.id, try request.pingPayload))
                return held
            }
            guard all.count == 50 else { return .goOn }
            for (id, payload) in all.reversed() {
                writer.writeEcho(id: id, payload)
            }
            return .goOn
        }
        let client = try connect(server)
        let pending = try (0..<50).map { try client.start(.ping(payload: [UInt8($0)])) }
        for (number, answer) in pending.enumerated() {
            guard case .ping(let payload) = try await answer.value.value else {
                Issue.record("a ping is answered by a ping")
                return
            }
            #expect(payload == [UInt8(number)])
        }
    }

    @Test func manyThreadsAndTasksShareOneConnection() async throws {
        let server = try ScriptedServer(Self.echo)
        let client = try connect(server)
        let wrong = await withTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<100 {
                        let payload = [UInt8(task), UInt8(round)]
                        if (try? await client.ping(payload)) != payload { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    @Test func aRefusalCarriesEverything() async throws {
        let server = try ScriptedServer { request, writer in
            writer.writeRefusal(
                id: request.envelope.id,
                RequestError(
                    .resourceExhausted, "the queue is full", field: "predict.horizon", retryAfterMilliseconds: 250))
            return .goOn
        }
        let client = try connect(server)
        let refusal = Refusal(
            code: .resourceExhausted, message: "the queue is full", field: "predict.horizon",
            retryAfter: .milliseconds(250))
        await #expect(throws: ClientError.refused(refusal)) { try await client.stats() }
        #expect("\(refusal)" == "RESOURCE_EXHAUSTED: predict.horizon: the queue is full")
        // The connection lives on.
        await #expect(throws: ClientError.refused(refusal)) { try await client.ping() }
    }

    @Test func aSilentDaemonIsGivenUpAndItsLateAnswerDropped() async throws {
        let server = try ScriptedServer { request, writer in
            guard request.place > 1 else { return .goOn }
            writer.writeEcho(id: 1, [UInt8(9)])
            return try Self.echo(request, &writer)
        }
        let client = try connect(server)
        let limit = Duration.milliseconds(20)
        await #expect(throws: ClientError.timedOut(after: limit)) {
            try await client.ping([1], options: RequestOptions(timeout: limit))
        }
        #expect(try await client.ping([2]) == [2])
    }

    @Test func aClosedConnectionEndsWhatWaits() async throws {
        let server = try ScriptedServer { request, _ in request.place == 2 ? .close : .goOn }
        let client = try connect(server)
        let first = try client.start(.stats)
        let second = try client.start(.stats)
        let lost = ClientError.connectionLost(reason: "the daemon closed it")
        await #expect(throws: lost) { try await first.value }
        await #expect(throws: lost) { try await second.value }
        #expect(throws: lost) { try client.start(.stats) }
    }

    @Test func afterAGoAwayWhatWasReadIsStillAnswered() async throws {
        let server = try ScriptedServer { request, writer in
            guard request.place == 2 else { return .goOn }
            writer.beginFrame(id: 0)
            writer.writeStatus(RequestError(.unavailable, "the daemon is draining"))
            writer.writeGoAway(lastRequest: 1)
            writer.endFrame()
            writer.writeEcho(id: 1, [UInt8(7)])
            return .close
        }
        let client = try connect(server)
        let first = try client.start(.ping(payload: [7]))
        let second = try client.start(.ping(payload: [8]))
        let draining = ClientError.refused(Refusal(code: .unavailable, message: "the daemon is draining"))
        await #expect(throws: draining) { try await second.value }
        guard case .ping(let payload) = try await first.value.value else {
            Issue.record("the first request was read")
            return
        }
        #expect(payload == [7])
        #expect(throws: draining) { try client.start(.stats) }
    }

    @Test func aRefusedConnectionSaysWhy() async throws {
        let server = try ScriptedServer { _, writer in
            writer.beginFrame(id: 0)
            writer.writeStatus(RequestError(.resourceExhausted, "too many connections"))
            writer.writeGoAway(lastRequest: 0)
            writer.endFrame()
            return .close
        }
        let client = try connect(server)
        await #expect(throws: ClientError.refused(Refusal(code: .resourceExhausted, message: "too many connections"))) {
            try await client.ping()
        }
    }

    @Test func aCancelledTaskWithdrawsItsRequest() async throws {
        let arrived = AsyncStream.makeStream(of: Void.self)
        let server = try ScriptedServer { request, writer in
            guard request.envelope.kind == .cancel else {
                arrived.continuation.yield()
                return .goOn
            }
            writer.writeRefusal(id: 1, RequestError(.cancelled, "withdrawn"))
            writer.beginFrame(id: request.envelope.id)
            writer.writeCancel(cancelled: true)
            writer.endFrame()
            return .goOn
        }
        let client = try connect(server)
        let task = Task { try await client.stats() }
        for await _ in arrived.stream { break }
        task.cancel()
        await #expect(throws: ClientError.refused(Refusal(code: .cancelled, message: "withdrawn"))) {
            try await task.value
        }
    }

    @Test func garbageIsAProtocolViolation() async throws {
        let server = try ScriptedServer { _, writer in
            for byte: UInt8 in [0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF] { writer.bytes.append(byte) }
            return .goOn
        }
        let client = try connect(server)
        await #expect {
            try await client.ping()
        } throws: { error in
            if case ClientError.protocolViolation = error { true } else { false }
        }
    }

    @Test func anAnswerToNoRequestIsAProtocolViolation() async throws {
        let server = try ScriptedServer { _, writer in
            writer.writeRefusal(id: 99, RequestError(.notFound, "x"))
            return .goOn
        }
        let client = try connect(server)
        await #expect(throws: ClientError.protocolViolation("an answer to a request that was not made")) {
            try await client.ping()
        }
    }

    @Test func anAnswerOfAnotherKindIsAProtocolViolation() async throws {
        let server = try ScriptedServer { request, writer in
            writer.beginFrame(id: request.envelope.id)
            writer.writeCancel(cancelled: true)
            writer.endFrame()
            return .goOn
        }
        let client = try connect(server)
        await #expect(throws: ClientError.protocolViolation("the answer is of another kind than the request")) {
            try await client.ping()
        }
    }

    @Test func compressedRepliesAreRead() async throws {
        let server = try ScriptedServer { request, writer in
            writer.writeEcho(id: request.envelope.id, [UInt8](repeating: 5, count: 10_000))
            writer.compressLastFrame()
            return .goOn
        }
        let client = try connect(server)
        #expect(try await client.ping() == [UInt8](repeating: 5, count: 10_000))
    }

    @Test func theEnvelopeCarriesTheOptions() async throws {
        let seen = Locked<[ScriptedServer.Request]>([])
        let server = try ScriptedServer { request, writer in
            seen.withLock { $0.append(request) }
            writer.writeRefusal(id: request.envelope.id, RequestError(.notFound, "none"))
            return .goOn
        }
        let client = try connect(server)
        let options = RequestOptions(
            timeout: .microseconds(1500), traceparent: "00-ab-cd-01", isInteractive: false,
            cache: .maximumAge(milliseconds: 30), wantsReceipt: true)
        _ = try? await client.infer(ModelSelector("m", version: 7), TensorQuery(inputs: []), options: options)
        let request = try #require(seen.withLock { $0.first })
        #expect(request.model == "m")
        #expect(request.envelope.version == 7)
        #expect(request.envelope.timeoutMilliseconds == 2)
        #expect(request.envelope.isBatchPriority)
        #expect(request.envelope.wantReceipt)
        #expect(request.envelope.cacheMaximumAgeMilliseconds == 30)
        #expect(String(decoding: request.message[request.envelope.traceparent], as: UTF8.self) == "00-ab-cd-01")
    }

    @Test func requestsThatCannotBeSentAreRefusedHere() throws {
        let server = try ScriptedServer(Self.echo)
        let client = try connect(server)
        for options in [
            RequestOptions(timeout: .zero), RequestOptions(timeout: .seconds(3601)),
            RequestOptions(cache: .maximumAge(milliseconds: 0)),
        ] {
            #expect {
                try client.start(.stats, options: options)
            } throws: { error in
                if case ClientError.invalidRequest = error { true } else { false }
            }
        }
        #expect(try client.blocking.ping([1]) == [1])
    }

    @Test func nobodyListeningIsSaidPlainly() async throws {
        let directory = try TemporaryDirectory()
        let address = ServerAddress.unix(path: directory.appending("none"))
        let missing = ClientError.unreachable(
            address: address, reason: "no such socket; is inferd running, and is this its --listen address?")
        await #expect(throws: missing) { try await Client.connect(to: address) }
        #expect {
            try Client(blockingTo: .tcp(host: "127.0.0.1", port: 1))
        } throws: { error in
            if case ClientError.unreachable = error { true } else { false }
        }
    }

    @Test func clientsThatGoEndTheirConnection() async throws {
        let server = try ScriptedServer { _, _ in .goOn }
        var client: Client? = try connect(server)
        let pending = try client?.start(.stats)
        client = nil
        await #expect(throws: ClientError.connectionLost(reason: "the client was closed")) {
            try await pending?.value
        }
    }
}
