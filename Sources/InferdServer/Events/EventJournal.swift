import InferdBase
import InferdJournal
import InferdKafka
import Logging
import Synchronization

/// Where events go from the threads that predict: rings that survive the process, and a thread that moves what
/// stands in them to a broker or into the spool.
final class EventJournal: Sendable {
    let settings: EventSettings
    let board = PublisherStatusBoard()
    let accuracy = AccuracyBoard()
    /// What other lives of the daemon have left in their rings.
    let recovery: RingRecovery
    private let window: DedupeWindow
    /// By thread, as `ServerCore.counters`.
    private let rings: [RingFile]
    private let thread: PublisherThread

    /// Opens the folder, which no other daemon may hold, and finds what is left in it.
    /// - Parameters:
    ///   - threads: that predict.
    ///   - dedupeMilliseconds: where the settings say nothing of it.
    init(
        _ settings: EventSettings, threads: Int, dedupeMilliseconds: Int, logger: Logger
    ) throws(ServerError) {
        self.settings = settings
        window = DedupeWindow(milliseconds: settings.dedupeMilliseconds ?? dedupeMilliseconds)
        let factory = settings.usesKafka ? KafkaProducerFactory(settings.kafka) : nil
        // Told at start, rather than when the first event is to be published. This talks to nobody.
        do throws(KafkaConfigurationError) { _ = try factory?.makeProducer() } catch {
            throw ServerError(error.message)
        }
        let bootID = BootID.random()
        let folder = EventFolder(settings.directory)
        try folder.make()
        let opened: EventRings
        do throws(RingError) {
            opened = try folder.openRings(settings, bootID: bootID, threads: threads)
        } catch {
            throw Self.failure(settings, error.message)
        }
        let store: SpoolStore<SystemSpoolFiles>
        do throws(SpoolError) {
            store = try folder.openStore(settings, bootID: bootID)
        } catch {
            throw Self.failure(settings, error.message)
        }
        rings = opened.made
        recovery = opened.recovered.total
        Self.tell(opened.recovered, logger)
        let publisher = KafkaPublisher(
            source: Self.source(opened, settings), store: store, format: JournalFormat(settings.format),
            factory: factory)
        thread = PublisherThread(
            publisher, directory: opened.directory, syncs: settings.syncs, board: board, accuracy: accuracy,
            logger: logger)
    }

    /// What is published. Rings of other lives may hold what forecasts were scored with then, whether they are now or
    /// not.
    private static func source(_ opened: borrowing EventRings, _ settings: EventSettings) -> ScoredEvents {
        let events = RingEvents(recovered: opened.recovered.rings, rings: opened.made)
        guard let scores = opened.scores else { return ScoredEvents(events) }
        return ScoredEvents(events, scoring: settings.accuracy, into: scores)
    }

    private static func failure(_ settings: EventSettings, _ reason: String) -> ServerError {
        ServerError(
            "cannot record events in \(settings.directory): \(reason); name another folder with --events DIR, or record "
                + "none with --events off")
    }

    private static func tell(_ recovered: RecoveredRings, _ logger: Logger) {
        for refused in recovered.refused {
            logger.error(
                "a ring of events cannot be read and is left as it is",
                metadata: ["file": .string(refused.name), "reason": .string(refused.reason.message)])
        }
        let total = recovered.total
        if total.replayable > 0 || total.damaged > 0 || total.unreadableBytes > 0 {
            logger.notice(
                "events of an earlier life were found",
                metadata: [
                    "replayed": .stringConvertible(total.replayable), "damaged": .stringConvertible(total.damaged),
                    "abandoned": .stringConvertible(total.abandoned),
                    "unreadable_bytes": .stringConvertible(total.unreadableBytes),
                ])
        }
    }

    /// Has the publisher's thread stand still, or go on: for tests.
    func hold(_ isHeld: Bool) {
        thread.isHeld.store(isHeld, ordering: .relaxed)
    }

    /// For a thread that predicts; once for each.
    func recorder(of thread: Int, counters: ThreadCounters) -> EventRecorder {
        EventRecorder(rings[thread], settings: settings, window: window, counters: counters)
    }

    func start(nice: Int32) throws(ServerError) {
        try thread.start(nice: nice)
    }

    /// To be called when no thread predicts any more.
    func stop() {
        thread.stop()
    }
}

extension KafkaProducerFactory {
    init(_ settings: EventSettings.Kafka) {
        self.init(
            configuration: KafkaConfiguration(
                brokers: settings.brokers, topic: settings.topic, properties: settings.properties))
    }
}
