import InferdBase
import InferdScheduler
import InferdWire

/// A request for a model that has been read and not yet decided on.
struct Arrival {
    /// Of its connection.
    let slot: Int
    var envelope: Envelope
    /// Place of the model's load.
    let place: Int
    let receivedAt: MonotonicTime
    let deadline: MonotonicTime
    /// nil: neither kept nor shared.
    var key: CacheKey?
}
