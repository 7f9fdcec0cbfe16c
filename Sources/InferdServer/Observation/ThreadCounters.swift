import InferdBase
import Synchronization

/// Counters that one thread writes and any thread may read.
///
/// A single writer needs no read-modify-write instruction: a relaxed load and a relaxed store make an
/// increment that nobody can tear. Sums over threads are exact when the threads are at rest.
final class ThreadCounters: Sendable {
    enum Counter: Int, CaseIterable {
        case framesReceived
        case framesAbandoned
        case connectionsAccepted
        case connectionsRefused
        case bytesReceived
        case bytesSent
        case busyNanoseconds
        /// Requests that joined a computation in flight.
        case coalesced
        /// Requests that asked for the cache to be left alone.
        case cacheBypassed
        /// Followers whose computation came to nothing.
        case decidedAnew
        /// Requests that the I/O thread ran itself.
        case inlineRuns
        /// Requests whose deadline had passed when they were read.
        case expiredAtArrival
        /// Requests answered by their deadline's timer.
        case expiredWaiting
        case cancelled
        /// Requests that nobody waited for any more when a lane took them.
        case droppedAtFormation
        /// Requests that nobody waited for any more between two of their runs.
        case abandonedBetweenSteps
        case refusedQueue
        case refusedConcurrency
        case refusedDeadline
        case refusedBytes
        case refusedRecords
        /// Runs that the watchdog told to stop.
        case watchdogStops
        /// Forecasts whose event stands in the ring.
        case eventsCommitted
        /// Forecasts that had an event within the window already.
        case eventsDeduplicated
        /// Forecasts without an event, because the ring had no room.
        case eventsDroppedRingFull
        /// Forecasts without an event, because it would be longer than the ring can hold.
        case eventsDroppedTooLarge
        /// Requests refused because the ring had no room.
        case eventsRejected
    }

    private static let replyCodes = 17

    private let counters = FixedArray<Atomic<UInt64>>(count: Counter.allCases.count) { _ in Atomic(0) }
    private let replies = FixedArray<Atomic<UInt64>>(count: replyCodes) { _ in Atomic(0) }

    func add(_ counter: Counter, _ amount: Int = 1) {
        let index = counter.rawValue
        let value = counters[index].load(ordering: .relaxed)
        counters[index].store(value &+ UInt64(truncatingIfNeeded: amount), ordering: .relaxed)
    }

    func countReply(_ code: StatusCode) {
        let index = Int(code.rawValue)
        let value = replies[index].load(ordering: .relaxed)
        replies[index].store(value &+ 1, ordering: .relaxed)
    }

    /// A reply that was counted has gone nowhere.
    func takeBackReply(_ code: StatusCode) {
        let index = Int(code.rawValue)
        let value = replies[index].load(ordering: .relaxed)
        replies[index].store(value &- 1, ordering: .relaxed)
    }

    subscript(counter: Counter) -> UInt64 {
        counters[counter.rawValue].load(ordering: .relaxed)
    }

    subscript(code: StatusCode) -> UInt64 {
        replies[Int(code.rawValue)].load(ordering: .relaxed)
    }
}
