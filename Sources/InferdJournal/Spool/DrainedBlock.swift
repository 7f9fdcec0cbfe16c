/// A block that the drain has given out or passed, and that is not confirmed yet.
struct DrainedBlock {
    let number: UInt64
    let records: Int
    /// Nothing of it was given out.
    let isDamaged: Bool
}
