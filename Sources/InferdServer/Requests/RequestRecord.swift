import InferdBase
import InferdWire

/// One request from its frame to its reply. It has one owner at a time: the I/O thread, then a queue,
/// then a worker, then the connection's outbound chain; only the owner touches it.
struct RequestRecord: ~Copyable {
    /// The request as it came, without its frame.
    var message = OwnedBytes()
    var envelope = Envelope()
    var connection = ConnectionHandle(slot: 0, generation: 0)
    /// When the frame's first byte was read; the deadline counts from here.
    var receivedAt = MonotonicTime(nanoseconds: 0)
    var queuedAt = MonotonicTime(nanoseconds: 0)
    var deadline = MonotonicTime.distantFuture
    /// Index of the model in the table.
    var model = 0
    /// The caller reads compressed frames.
    var acceptsCompressed = false
    var reply = ReplyWriter()
}
