import InferdBase
import Synchronization

/// What one executor has done. Written by its thread, read by any.
package final class ModelCounters: Sendable {
    private let runsCount = Atomic<UInt64>(0)
    private let rowsCount = Atomic<UInt64>(0)
    private let engineNanoseconds = Atomic<UInt64>(0)

    package init() {}

    /// Only the executor's thread calls this: a load and a store make the increment.
    func countRun(rows: Int, nanoseconds: UInt64) {
        runsCount.store(runsCount.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        rowsCount.store(rowsCount.load(ordering: .relaxed) &+ UInt64(rows), ordering: .relaxed)
        engineNanoseconds.store(engineNanoseconds.load(ordering: .relaxed) &+ nanoseconds, ordering: .relaxed)
    }

    package var runs: UInt64 { runsCount.load(ordering: .relaxed) }
    package var rows: UInt64 { rowsCount.load(ordering: .relaxed) }
    package var microseconds: UInt64 { engineNanoseconds.load(ordering: .relaxed) / 1000 }
}
