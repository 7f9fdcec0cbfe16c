import InferdBase
package import InferdKafka

/// What becomes of the event of each forecast.
package struct EventSettings: Equatable, Sendable {
    /// What happens to a forecast whose event finds no room.
    package enum WhenFull: String, CaseIterable, Sendable {
        /// It is computed and answered; that it has no event is counted.
        case drop
        /// It is refused before it is computed.
        case reject
    }

    /// Where events end.
    package enum Sink: String, CaseIterable, Sendable {
        /// In the spool, where `inferd-cli events` reads them.
        case journal
        case kafka
    }

    /// The broker that events go to.
    package struct Kafka: Equatable, Sendable {
        /// `host:port`, with commas between them.
        package var brokers = ""
        package var topic = "inferd.predictions"
        /// librdkafka's properties; one whose name ends in `_file` names a file that holds the value.
        package var properties: [String: String] = [:]
    }

    /// False: forecasts have no events.
    package var isEnabled = false
    /// Folder of rings and spool; one daemon's own.
    package var directory = ""
    /// nil: Kafka when there is a broker.
    package var sink: Sink?
    package var whenFull = WhenFull.drop
    /// Of each thread that predicts; a power of two.
    package var ringBytes = Limits.ringBytes
    /// Events survive a loss of power, too, once they are written to the disk: soon, not before the answer.
    package var syncs = false
    /// Forecasts of the same body by the same load of a model have one event within this time; nil: as long as
    /// the cache keeps answers; 0: each has its own.
    package var dedupeMilliseconds: Int?
    /// Events hold the requests' histories.
    package var includesInputs = false
    package var format = JournalFormat.Encoding.protobuf
    package var spoolBytes = Limits.spoolBytes
    /// How long events are kept in the spool; nil: as long as there is room.
    package var spoolMilliseconds: Int?
    package var kafka = Kafka()
    /// Forecasts are scored when later requests hold what they forecast.
    package var scoresForecasts = false
    package var accuracy = AccuracyConfiguration()

    package init() {}

    /// Whether events go to a broker.
    package var usesKafka: Bool { sink.map { $0 == .kafka } ?? !kafka.brokers.isEmpty }

    /// Throws what keeps a daemon so configured from recording, as far as it can be told from the settings.
    func check() throws(ServerError) {
        if !isEnabled { return }
        if directory.isEmpty { throw ServerError("no folder for events: give --events DIR, or --events off") }
        if usesKafka, kafka.brokers.isEmpty {
            throw ServerError("'events.sink' is kafka, and 'events.kafka.brokers' is not given")
        }
        if let reason = accuracy.contradiction { throw ServerError("'events.accuracy': \(reason)") }
        if ringBytes & (ringBytes - 1) != 0 {
            throw ServerError("'events.ring_bytes': expected a power of two, found \(ringBytes)")
        }
    }
}
