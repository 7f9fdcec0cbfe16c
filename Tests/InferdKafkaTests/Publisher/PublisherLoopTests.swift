import Foundation
import InferdKafka
import InferdTestSupport
import Synchronization
import Testing

/// The thread around the publisher.
struct PublisherLoopTests {
    /// What a test and the loop's thread share.
    private final class Ending: Sendable {
        let isEnding = Atomic(false)
        let board = PublisherStatusBoard()
    }

    @Test func publishesUntilToldToEndAndThenWhatIsLeft() throws {
        let broker = try MockBroker()
        let folder = try TemporaryDirectory()
        var journal = try JournalFolder(folder)
        for _ in 0..<50 { _ = try journal.commitOrThrow(series: "s") }
        var publisher = try journal.makePublisher(
            brokers: broker.address, configuration: PublisherConfiguration())
        let ending = Ending()
        Thread.detachNewThread {
            while ending.board.current?.phase != .online { usleep(1_000) }
            ending.isEnding.store(true, ordering: .relaxed)
        }
        PublisherLoop.run(
            &publisher, board: ending.board, isEnding: ending.isEnding, graceMilliseconds: 60_000)
        let status = try #require(ending.board.current)
        #expect(status.lagRecords == 0)
        #expect(status.counters.delivered == 50)
        #expect(try ConsumedMessage.all(of: "events", at: broker.address).count == 50)
    }

    @Test func endsWithinItsGraceWhenTheBrokerIsAway() throws {
        let broker = try MockBroker()
        try broker.goDown()
        let folder = try TemporaryDirectory()
        var journal = try JournalFolder(folder)
        for _ in 0..<50 { _ = try journal.commitOrThrow(series: "s") }
        var publisher = try journal.makePublisher(
            brokers: broker.address, configuration: PublisherConfiguration())
        let ending = Ending()
        ending.isEnding.store(true, ordering: .relaxed)
        PublisherLoop.run(&publisher, board: ending.board, isEnding: ending.isEnding, graceMilliseconds: 100)
        // Kept for the next life, in ring or spool.
        #expect(ending.board.current?.lagRecords == 50)
    }
}
