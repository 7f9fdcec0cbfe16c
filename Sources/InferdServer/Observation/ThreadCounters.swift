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

    subscript(counter: Counter) -> UInt64 {
        counters[counter.rawValue].load(ordering: .relaxed)
    }

    subscript(code: StatusCode) -> UInt64 {
        replies[Int(code.rawValue)].load(ordering: .relaxed)
    }
}
