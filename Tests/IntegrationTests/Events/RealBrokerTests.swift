import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// What callers are told is what the consumers of a real broker read.
struct RealBrokerTests {
    private static let topic = "forecasts"
    private static let requests = 300

    /// What a caller has asked and been told.
    private struct Exchange {
        let traceparent: String
        let forecast: ForecastValues
    }

    /// Asks for forecasts of so many series, one after the other; by series.
    private func askAll(_ scene: EventScene) throws -> [String: Exchange] {
        let client = try TestClient(path: scene.socketPath)
        var exchanges: [String: Exchange] = [:]
        for number in 1...Self.requests {
            let series = "series \(number)"
            let digits = String(number, radix: 16)
            let span = String(repeating: "0", count: 16 - digits.count) + digits
            // Some have no trace.
            let traceparent = number % 5 == 0 ? "" : "00-4bf92f3577b34da6a3ce929d0e0e4736-\(span)-01"
            try client.ask(series, horizon: UInt32(1 + number % 12), traceparent: traceparent)
            let reply = try client.receive()
            guard case .predict(let forecast) = reply.body else { throw PropertyFailure("no forecast: \(reply)") }
            exchanges[series] = Exchange(traceparent: traceparent, forecast: forecast)
        }
        return exchanges
    }

    /// The messages at the broker after that, and the exchanges.
    private func run(format: String) throws -> (messages: [ConsumedMessage], exchanges: [String: Exchange]) {
        let broker = try RealBroker()
        try broker.makeTopic(Self.topic)
        let scene = try EventScene(events: [
            "format: \(format)", "kafka:", "  brokers: \(broker.address)", "  topic: \(Self.topic)",
        ])
        let daemon = try scene.start(environment: RealBroker.environment)
        try daemon.waitUntilReady()
        let exchanges = try askAll(scene)
        let events = try scene.wait { $0.delivered == UInt64(Self.requests) && $0.pending == 0 }
        #expect(events.isBalanced && events.committed == UInt64(Self.requests), "\(events)")
        let messages = try ConsumedMessage.all(
            of: Self.topic, at: broker.address, environment: RealBroker.environment)
        #expect(messages.count == Self.requests)
        #expect(Set(messages.map(\.key)) == Set(exchanges.keys))
        #expect(Set(messages.compactMap { $0.headers["event_id"] }).count == messages.count)
        return (messages, exchanges)
    }

    private func expectHeaders(_ message: ConsumedMessage, _ exchange: Exchange) {
        #expect(message.headers["model"] == exchange.forecast.model)
        #expect(message.headers["version"] == "\(exchange.forecast.version)")
        #expect(message.headers["traceparent"] ?? "" == exchange.traceparent)
        #expect(Set(message.headers.keys).subtracting(["model", "version", "traceparent", "event_id"]).isEmpty)
    }

    @Test func protobufIsReadBackAsItWasAnswered() throws {
        let (messages, exchanges) = try run(format: "protobuf")
        for message in messages {
            let exchange = try #require(exchanges[message.key])
            expectHeaders(message, exchange)
            let event = try PredictionEventReader(unsafe message.bytes.span.bytes)
            var (times, values): ([Int64], [Double]) = ([], [])
            for point in 0..<event.pointCount {
                times.append(event.timestampMicroseconds(at: point))
                values.append(event.value(at: point))
            }
            #expect(values == exchange.forecast.values)
            #expect(times == exchange.forecast.timestamps)
            let (id, version) = (event.headers.eventID.text, event.headers.version)
            #expect(id == message.headers["event_id"])
            #expect(version == exchange.forecast.version)
            #expect(Self.text(event.headers.seriesID) == message.key)
            #expect(Self.text(event.headers.model) == exchange.forecast.model)
            #expect(Self.text(event.headers.traceparent) == exchange.traceparent)
        }
    }

    private static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    @Test func jsonIsReadBackAsItWasAnswered() throws {
        let (messages, exchanges) = try run(format: "json")
        for message in messages {
            let exchange = try #require(exchanges[message.key])
            expectHeaders(message, exchange)
            let event = try JSONDecoder().decode(JSONEvent.self, from: Data(message.bytes))
            #expect(event.values == exchange.forecast.values)
            #expect(event.timestamps_us == exchange.forecast.timestamps)
            #expect(event.series_id == message.key)
            #expect(event.model == exchange.forecast.model)
            #expect(event.version == exchange.forecast.version)
            #expect(event.traceparent == exchange.traceparent)
            let id = event.event_id
            #expect("\(id.boot_id)-\(id.producer)-\(id.sequence)" == message.headers["event_id"])
        }
    }
}
