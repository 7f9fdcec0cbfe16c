import Foundation
import InferdBase
import InferdKafka
import InferdServer
import InferdTestSupport
import InferdWire
import Testing

/// Forecasts that are scored when a later request holds what they forecast.
struct AccuracyTests {
    private static let hour: Int64 = 3_600_000_000

    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func server(isOn: Bool = true, spread: Float? = 0.5) throws -> ForecastServer {
        try ForecastServer(spread: spread) { configuration in
            configuration.events.isEnabled = true
            configuration.events.directory = folder.appending("events")
            configuration.events.scoresForecasts = isOn
            configuration.events.accuracy.bucketEnds = [1, 3]
        }
    }

    /// Asks for a forecast of three hours of an hourly series that began with 1970.
    private func ask(
        _ client: TestClient, series: String = "meter", _ values: [Double], timestamps: [Int64] = [],
        quantiles: [Double] = [0.9, 0.1]
    ) throws {
        var request = PredictValues()
        request.seriesID = series
        request.timestamps = timestamps
        if timestamps.isEmpty { request.regular = PredictValues.RegularTime(start: 0, step: "1h") }
        request.channels = [PredictValues.Channel(name: "load", values: values)]
        request.horizon = 3
        request.quantiles = quantiles
        try client.send(model: "forecast", timeout: 60_000) { $0.writePredict(request) }
        let reply = try client.receive()
        try #require(reply.error == nil, "\(reply)")
    }

    private var events: [RecordedEvent] {
        get throws { try RecordedEvent.all(in: folder.appending("events/spool")) }
    }

    @Test("A second window that holds what was forecast scores it: in the counters, and in events")
    func aSecondWindowScoresTheFirst() throws {
        let server = try server()
        let client = try server.connect()
        // The forecast is 5, 6 and 7, half up or down.
        try ask(client, [1, 2, 3, 4])
        try ask(client, [1, 2, 3, 4, 5.25, 7, 7])
        #expect(try server.server.waitForStats(client) { $0.accuracy.count == 2 && $0.events?.spooled == 4 })
        let stats = try client.stats()
        var near = StatsValues.Accuracy()
        (near.model, near.version, near.horizonFrom, near.horizonTo) = ("forecast", 1, 1, 1)
        (near.points, near.mae, near.smape) = (1, 0.25, 0.5 / 10.25)
        (near.coveragePoints, near.coverage) = (1, 1)
        var far = near
        (far.horizonFrom, far.horizonTo, far.points) = (2, 3, 2)
        (far.mae, far.smape, far.coveragePoints, far.coverage) = (0.5, 1.0 / 13, 2, 0.5)
        #expect(stats.accuracy == [near, far])
        #expect(stats.events?.committed == 4)
        #expect(stats.events?.pending == 4)
        server.server.stop()
        let recorded = try events
        #expect(recorded.map(\.kind) == [1, 1, 2, 2])
        let forecasts = try recorded.compactMap { try $0.forecast }
        #expect(forecasts.map(\.series) == ["meter", "meter"])
        #expect(forecasts.map(\.values) == [[5, 6, 7], [8, 9, 10]])
        let scores = try recorded.compactMap { try $0.accuracy }
        #expect(scores.map(\.model) == ["forecast", "forecast"])
        #expect(scores.map(\.version) == [1, 1])
        #expect(scores.map(\.seriesID) == ["meter", "meter"])
        #expect(scores.map(\.horizon) == [1...1, 2...3])
        #expect(scores.map(\.points) == [1, 2])
        #expect(scores.map(\.mae) == [MetricValue(value: 0.25, points: 1), MetricValue(value: 0.5, points: 2)])
        #expect(
            scores.map(\.smape)
                == [MetricValue(value: 0.5 / 10.25, points: 1), MetricValue(value: 1.0 / 13, points: 2)])
        #expect(scores.map(\.coverage) == [MetricValue(value: 1, points: 1), MetricValue(value: 0.5, points: 2)])
        // Producers are the I/O thread, the one worker, and the publisher.
        #expect(scores.map(\.eventID.producer) == [2, 2])
        #expect(scores.map(\.eventID.sequence) == [1, 2])
    }

    @Test("Only what the request itself held counts as observed, in the order in which it came")
    func windowsAddUp() throws {
        let server = try server(spread: nil)
        let client = try server.connect()
        try ask(client, [1, 2, 3, 4], quantiles: [])
        // The first step alone.
        try ask(client, [1, 2, 3, 4, 6], quantiles: [])
        #expect(try server.server.waitForStats(client) { $0.accuracy.map(\.points) == [1] })
        // The first forecast's other two, and the second's first two.
        try ask(client, [2, 3, 4, 6, 6, 8], timestamps: (1...6).map { $0 * Self.hour }, quantiles: [])
        #expect(try server.server.waitForStats(client) { $0.accuracy.map(\.points) == [2, 3] })
        let stats = try client.stats()
        // 5 for 6 and 7 for 6; 6 for 6, 7 for 8 and 8 for 8.
        #expect(stats.accuracy.map(\.mae) == [1, 1.0 / 3])
        #expect(stats.accuracy.map(\.coveragePoints) == [0, 0])
    }

    @Test("A series without a name is not followed")
    func onlyNamedSeriesAreFollowed() throws {
        let server = try server()
        let client = try server.connect()
        for series in ["", "named"] {
            try ask(client, series: series, [1, 2, 3, 4])
            try ask(client, series: series, [1, 2, 3, 4, 5])
        }
        #expect(try server.server.waitForStats(client) { $0.events?.spooled == 5 })
        #expect(try client.stats().accuracy.map(\.points) == [1])
    }

    @Test("Forecasts are not scored unless it is wanted")
    func offIsTheDefault() throws {
        #expect(!EventSettings().scoresForecasts)
        let server = try server(isOn: false)
        let client = try server.connect()
        try ask(client, [1, 2, 3, 4])
        try ask(client, [1, 2, 3, 4, 5])
        #expect(try server.server.waitForStats(client) { $0.events?.spooled == 2 })
        #expect(try client.stats().accuracy.isEmpty)
        server.server.stop()
        #expect(try events.map(\.kind) == [1, 1])
    }
}
