/// A connection as others than the I/O thread know it: a slot, and which of the connections that have
/// used the slot is meant. A reply for one that is gone cannot reach its successor.
struct ConnectionHandle: Equatable, Sendable {
    var slot: UInt32
    var generation: UInt32
}
