/// When a request is to be sent, and which.
struct Arrival {
    /// Nanoseconds since the load began.
    let time: UInt64
    /// Index of its frame among the load's.
    let kind: Int
}
