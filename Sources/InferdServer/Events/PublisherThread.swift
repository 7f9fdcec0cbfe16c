import Glibc
import InferdBase
import InferdJournal
import InferdKafka
import Logging
import Synchronization

/// The thread that moves events from the rings to where they go, with what it owns.
@safe
final class PublisherThread: @unchecked Sendable {
    /// What is left when the daemon stops has so long to be delivered; after it, it is safe in the spool or the rings
    /// and goes out after the next start.
    private static let graceMilliseconds: UInt64 = 2_000
    /// How often what is too old is looked for.
    private static let upkeepMilliseconds: UInt64 = 1_000

    private var publisher: KafkaPublisher
    private let directory: RingDirectory
    private let syncs: Bool
    private let board: PublisherStatusBoard
    private let accuracy: AccuracyBoard
    private let logger: Logger
    private let isEnding = Atomic(false)
    /// For tests of what happens when nobody publishes: the thread stands still.
    let isHeld = Atomic(false)
    private var upkeepAt = MonotonicTime(nanoseconds: 0)
    private var health = PublisherHealth()
    private var thread: PinnedThread?

    init(
        _ publisher: consuming KafkaPublisher, directory: consuming RingDirectory, syncs: Bool,
        board: PublisherStatusBoard, accuracy: AccuracyBoard, logger: Logger
    ) {
        self.publisher = publisher
        self.directory = directory
        self.syncs = syncs
        self.board = board
        self.accuracy = accuracy
        self.logger = logger
    }

    func start(nice: Int32) throws(ServerError) {
        // From here to its end nobody but the thread touches what is here, `isEnding` aside.
        thread = try PinnedThread(name: "publisher", processor: nil, nice: nice) { [self] in run() }
    }

    /// Has what can be delivered soon delivered, and waits for the thread's end. Nothing is committed any more.
    func stop() {
        isEnding.store(true, ordering: .relaxed)
        thread?.join()
    }

    private func run() {
        PublisherLoop.run(
            &publisher, board: board, isEnding: isEnding, graceMilliseconds: Self.graceMilliseconds
        ) { publisher, now in
            upkeep(&publisher, now)
        }
    }

    /// What is done beside publishing, between turns.
    private func upkeep(_ publisher: inout KafkaPublisher, _ now: SpoolInstant) {
        while isHeld.load(ordering: .relaxed), !isEnding.load(ordering: .relaxed) { usleep(1_000) }
        report(publisher.health)
        if let summary = publisher.source.takeSummary() { accuracy.show(summary) }
        // The last time is for all that is left to be done.
        guard now.monotonic >= upkeepAt || isEnding.load(ordering: .relaxed) else { return }
        upkeepAt = now.monotonic.advanced(byMilliseconds: Self.upkeepMilliseconds)
        publisher.store.deleteExpired(now: now)
        do throws(RingError) {
            if syncs { try publisher.source.synchronize() }
            for ring in publisher.source.takeEmptied() { try directory.remove(ring) }
        } catch {
            logger.warning("the rings of events", metadata: ["reason": .string(error.message)])
        }
    }

    /// Tells of each trouble once, and of its end.
    private func report(_ new: PublisherHealth) {
        if new == health { return }
        let troubles = [
            (new.broker?.message, health.broker?.message, "events do not reach the broker"),
            (new.configuration, health.configuration, "the producer of events cannot be made"),
            (new.store, health.store, "events cannot be kept in the spool"),
        ]
        health = new
        for (now, before, what) in troubles where now != before {
            if let now {
                logger.error("\(what)", metadata: ["reason": .string(now)])
            } else {
                logger.notice("\(what): this is over")
            }
        }
    }
}
