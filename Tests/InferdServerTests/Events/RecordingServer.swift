import InferdBase
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdServer

/// A forecast server that records events in a folder of its own.
struct RecordingServer {
    let folder: TemporaryDirectory
    let forecasts: ForecastServer

    var path: String { folder.appending("events") }

    /// - Parameter configure: changes what is not given here; events are told apart by nothing but their id.
    init(
        folder: TemporaryDirectory? = nil, configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        let folder = try folder ?? TemporaryDirectory()
        self.folder = folder
        forecasts = try ForecastServer { configuration in
            configuration.events.isEnabled = true
            configuration.events.directory = folder.appending("events")
            configuration.events.dedupeMilliseconds = 0
            configure(&configuration)
        }
    }

    func connect() throws -> TestClient { try forecasts.connect() }

    /// Has the publisher's thread stand still, or go on.
    func hold(_ isHeld: Bool) {
        forecasts.server.server.events?.hold(isHeld)
    }

    /// Counters once nothing is on its way any more.
    func countersAtRest() throws -> StatsValues.Events {
        let client = try connect()
        #expect(
            try forecasts.server.waitForStats(client) { stats in
                stats.events.map { $0.lagRecords == 0 && $0.spooled + $0.delivered >= $0.committed } ?? false
            })
        return try #require(try client.stats().events)
    }

    /// Ends the server and reads what it has recorded.
    func recorded() throws -> RecordedEvents {
        forecasts.server.stop()
        return try RecordedEvents(folder: path)
    }
}

extension StatsValues.Events {
    /// Both sides of the law that no event vanishes.
    var comesIn: UInt64 { committed + recovered }
    var isAccountedFor: UInt64 { delivered + pending + deleted + damaged + deadLettered + droppedBySpool }
}
