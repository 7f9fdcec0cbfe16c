import Foundation
import InferdJournal
import InferdTestSupport
import InferdWire

/// A folder of events that lives of the daemon share one after the other, and the model that they serve.
final class EventScene: Sendable {
    static let model = "direct"

    let directory: TemporaryDirectory
    private let models: ModelFolder
    private let configuration: String

    /// - Parameter events: lines of the configuration's part `events`, beside that each forecast has its own.
    init(events: [String] = []) throws {
        directory = try TemporaryDirectory()
        models = try ModelFolder()
        try models.addBundle(Self.model)
        configuration = directory.appending("config.yaml")
        let lines = ["inline_budget_us: 0", "events:", "  dedupe_ms: 0"] + events.map { "  \($0)" }
        try Data(lines.map { "\($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: configuration))
    }

    /// Events go to a broker that may not be there.
    convenience init(_ broker: MockBroker, topic: String, events: [String] = []) throws {
        try self.init(
            events: events + [
                "kafka:", "  brokers: \(broker.address)", "  topic: \(topic)", "  properties:",
                // librdkafka waits up to ten seconds between two attempts to connect.
                "    reconnect.backoff.max.ms: 200",
            ])
    }

    var socketPath: String { directory.appending("s") }
    var folder: EventFolder { EventFolder(directory.appending("events")) }

    /// Starts a daemon, without waiting for it.
    func start(
        workers: Int = 2, listen: String? = nil, environment: [String: String] = [:], launcher: [String] = []
    ) throws -> DaemonProcess {
        let daemon = try DaemonProcess(
            directory: directory,
            flags: [
                "--models", models.path, "--listen", "unix:\(listen ?? socketPath)", "--workers", "\(workers)",
                "--config", configuration,
            ], environment: environment, launcher: launcher)
        daemon.belongings = [models]
        return daemon
    }

    /// What the daemon says of its events.
    func stats() throws -> StatsValues.Events {
        guard let events = try TestClient(path: socketPath).stats().events else {
            throw PropertyFailure("the daemon records no events")
        }
        return events
    }

    /// Waits until the daemon's events are as wanted; what it says of them then, or after `seconds`.
    @discardableResult
    func wait(seconds: Double = 30, until isReached: (StatsValues.Events) -> Bool) throws -> StatsValues.Events {
        let end = Date(timeIntervalSinceNow: seconds)
        while true {
            let events = try stats()
            if isReached(events) { return events }
            if Date.now > end { throw PropertyFailure("after \(seconds) s events are \(events)") }
            usleep(5_000)
        }
    }
}

extension StatsValues.Events {
    /// What the law of `EventStats` says must be the same at rest; of the dropped, none was committed in these tests.
    var isBalanced: Bool { committed + recovered == delivered + pending + deleted + damaged + deadLettered }
}
