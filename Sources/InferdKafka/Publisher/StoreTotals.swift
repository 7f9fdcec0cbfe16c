/// What a store has to account for beside what the publisher counts.
package struct StoreTotals: Equatable, Sendable {
    /// Records found when it was opened.
    package var recovered = 0
    /// Records deleted undelivered, because it was full or they were too old.
    package var deleted = 0
    /// Records found damaged.
    package var damaged = 0
    /// Bytes it holds.
    package var bytes = 0

    package init() {}
}
