/// Names a record of the store.
struct StoredPlace: Hashable, Sendable {
    let block: UInt64
    /// Place in the block, from 0.
    let index: Int
}
