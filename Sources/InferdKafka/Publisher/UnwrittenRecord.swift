/// A record that the store has taken in and not written.
struct UnwrittenRecord<Record: Sendable>: Sendable {
    let record: Record
    /// The block it will be in.
    let block: UInt64
}
