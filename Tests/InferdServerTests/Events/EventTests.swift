import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdServer

/// Which forecasts have an event, what it says, and what happens when there is no room for it.
struct EventTests {
    private func values(_ reply: DecodedReply) -> [Double] {
        guard case .predict(let forecast) = reply.body else { return [] }
        return forecast.values
    }

    // Which.

    @Test func everyForecastComputedHasItsEventBeforeItsReply() throws {
        let server = try RecordingServer()
        let client = try server.connect()
        var answers: [Int64: [Double]] = [:]
        for hour in 0..<50 {
            let start = Int64(hour) * 3_600_000_000
            try client.forecast(horizon: UInt32(1 + hour % 6), start: start, bypass: true)
            let reply = try client.receive()
            #expect(reply.error == nil)
            answers[start + 4 * 3_600_000_000] = values(reply)
            #expect(try client.stats().events?.committed == UInt64(hour + 1))
        }
        let counters = try server.countersAtRest()
        #expect(counters.comesIn == counters.isAccountedFor)
        #expect(counters.phase == "recording" && counters.trouble == "")
        let events = try server.recorded().predictions
        #expect(events.count == 50)
        for event in events {
            #expect(event.model == "forecast")
            #expect(event.values == answers[try #require(event.timestamps.first)])
        }
        #expect(events.map(\.sequence) == (1...50).map { UInt64($0) })
        #expect(Set(events.map(\.id)).count == 50)
    }

    @Test func hitsAndFollowersHaveNone() throws {
        let server = try RecordingServer()
        let client = try server.connect()
        let others = try (0..<3).map { _ in try server.connect() }
        server.forecasts.gate.close()
        try client.forecast()
        #expect(server.forecasts.gate.waitForArrivals(1))
        for other in others { try other.forecast() }
        #expect(try server.forecasts.server.waitForStats(server.connect()) { $0.cache.coalesced == 3 })
        server.forecasts.gate.open()
        for one in [client] + others { #expect(try one.receive().error == nil) }
        try client.forecast()
        #expect(try client.receive().cache == .hit)
        #expect(try server.countersAtRest().committed == 1)
        #expect(try server.recorded().predictions.count == 1)
    }

    @Test func theSameForecastHasOneEventWithinTheWindow() throws {
        let server = try RecordingServer { $0.events.dedupeMilliseconds = 3_600_000 }
        let client = try server.connect()
        for _ in 0..<5 {
            try client.forecast(bypass: true)
            #expect(try client.receive().error == nil)
        }
        try client.forecast(start: 3_600_000_000, bypass: true)
        #expect(try client.receive().error == nil)
        let counters = try server.countersAtRest()
        #expect(counters.committed == 2 && counters.deduplicated == 4)
        // What has no event uses no number up.
        #expect(try server.recorded().predictions.map(\.sequence) == [1, 2])
    }

    @Test func whatFailsHasNone() throws {
        let server = try RecordingServer()
        let client = try server.connect()
        // Beyond the model's longest horizon.
        try client.forecast(horizon: 25)
        #expect(try client.receive().error?.code == .invalidArgument)
        try client.forecast(id: 9, horizon: 12, timeout: 50, bypass: true)
        server.forecasts.gate.close()
        try client.forecast(id: 10, horizon: 12, timeout: 50, bypass: true)
        #expect(try client.receive(2).values.contains { $0.error?.code == .deadlineExceeded })
        server.forecasts.gate.open()
        try client.forecast(start: 7_200_000_000, bypass: true)
        #expect(try client.receive().error == nil)
        let counters = try server.countersAtRest()
        let events = try server.recorded().predictions
        #expect(UInt64(events.count) == counters.committed)
        #expect(events.map(\.sequence) == (1...counters.committed).map(\.self))
    }

    @Test func anEventSaysWhoseItIs() throws {
        let server = try RecordingServer()
        let client = try server.connect()
        var values = PredictValues()
        values.seriesID = "meter-7"
        values.regular = PredictValues.RegularTime(start: 0, step: "1h")
        values.channels = [PredictValues.Channel(name: "load", values: [1, 2, 3, 4])]
        values.horizon = 2
        var head = RequestHead(id: 1)
        head.model = "forecast"
        head.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        var writer = RequestWriter()
        writer.begin(head)
        writer.writePredict(values)
        writer.end()
        let span = writer.bytes.span
        try client.socket.send(unsafe span.withUnsafeBytes { unsafe Array($0) })
        #expect(try client.receive().error == nil)
        let event = try #require(try server.recorded().predictions.first)
        #expect(event.seriesID == "meter-7")
        #expect(event.traceparent == head.traceparent)
        #expect(event.values == [5, 6])
        #expect(event.timestamps == [4, 5].map { $0 * 3_600_000_000 })
        #expect(event.producer == 1)
    }

    // Room.

    /// A ring of a few events, and a publisher that stands still.
    private func fullServer(_ whenFull: EventSettings.WhenFull) throws -> RecordingServer {
        let server = try RecordingServer {
            $0.events.ringBytes = 8 << 10
            $0.events.whenFull = whenFull
        }
        server.hold(true)
        return server
    }

    @Test func repliesGoOnWhileNobodyPublishesAndWhatHasNoRoomIsCounted() throws {
        let server = try fullServer(.drop)
        let client = try server.connect()
        for hour in 0..<100 {
            try client.forecast(start: Int64(hour) * 3_600_000_000, bypass: true)
            #expect(try client.receive().error == nil)
        }
        let full = try #require(try client.stats().events)
        #expect(full.committed > 0 && full.droppedRingFull > 0)
        #expect(full.committed + full.droppedRingFull == 100)
        server.hold(false)
        let rest = try server.countersAtRest()
        #expect(rest.comesIn == rest.isAccountedFor)
        // There is room again.
        try client.forecast(start: -3_600_000_000, bypass: true)
        #expect(try client.receive().error == nil)
        #expect(try client.stats().events?.committed == full.committed + 1)
        #expect(try UInt64(server.recorded().predictions.count) == full.committed + 1)
    }

    @Test func whatCannotBeRecordedIsRefusedBeforeItIsComputed() throws {
        let server = try fullServer(.reject)
        let client = try server.connect()
        var refused: RequestError?
        var answered = 0
        while refused == nil, answered < 100 {
            try client.forecast(start: Int64(answered) * 3_600_000_000, bypass: true)
            refused = try client.receive().error
            if refused == nil { answered += 1 }
        }
        #expect(refused?.code == .resourceExhausted)
        #expect(refused?.message.contains("recorded") == true)
        #expect((refused?.retryAfterMilliseconds ?? 0) > 0)
        #expect(server.forecasts.runs == answered * 6)
        #expect(try client.stats().events?.rejected == 1)
        // What needs no event is answered: a hit, and what is no forecast.
        server.hold(false)
        _ = try server.countersAtRest()
        try client.forecast(start: -3_600_000_000, bypass: true)
        #expect(try client.receive().error == nil)
        #expect(try server.recorded().predictions.count == answered + 1)
    }

    // Lives.

    @Test func whatALifeHasLeftInItsRingsIsRecordedByTheNext() throws {
        let folder = try TemporaryDirectory()
        let first = try RecordingServer(folder: folder)
        first.hold(true)
        let client = try first.connect()
        for hour in 0..<20 {
            try client.forecast(start: Int64(hour) * 3_600_000_000, bypass: true)
            #expect(try client.receive().error == nil)
        }
        // As a kill leaves it: the rings as they are, and nothing in the spool.
        let copy = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: copy.appending("events"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: first.path + "/rings", toPath: copy.appending("events/rings"))
        let second = try RecordingServer(folder: copy)
        let counters = try second.countersAtRest()
        #expect(counters.recovered == 20 && counters.committed == 0)
        #expect(counters.comesIn == counters.isAccountedFor)
        // Its rings go once they are empty.
        let end = Date(timeIntervalSinceNow: 20)
        var rings = 0
        repeat {
            rings = try FileManager.default.contentsOfDirectory(atPath: second.path + "/rings").count {
                $0.hasSuffix(".ring")
            }
        } while rings > 2 && Date.now < end
        #expect(rings == 2)
        #expect(try second.recorded().predictions.map(\.sequence) == (1...20).map { UInt64($0) })
    }

    @Test func aFolderHasOneDaemon() throws {
        let folder = try TemporaryDirectory()
        let first = try RecordingServer(folder: folder)
        let error = #expect(throws: ServerError.self) { try RecordingServer(folder: folder) }
        #expect(error?.message.contains("in use by another process") == true)
        #expect(error?.message.contains("--events") == true)
        withExtendedLifetime(first) {}
    }
}
