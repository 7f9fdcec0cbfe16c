internal import InferdBase

/// Where the publisher's thread shows what was scored, for others to read.
package final class AccuracyBoard: Sendable {
    private let summary = Locked(AccuracySummary())

    package init() {}

    package var current: AccuracySummary { summary.withLock { $0 } }

    package func show(_ new: AccuracySummary) {
        summary.withLock { $0 = new }
    }
}
