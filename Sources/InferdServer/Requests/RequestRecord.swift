import InferdBase
import InferdJournal
import InferdScheduler
import InferdWire

/// One request from its frame to its reply, but for its message. It has one owner at a time: the I/O
/// thread, then a queue, then a worker, then the connection's outbound chain; only the owner writes it, and
/// the I/O thread reads what it wrote itself.
struct RequestRecord: ~Copyable {
    // The first, because it alone is written while others look at what stands behind it: the thread sanitizer
    // takes a write to any part of a record for one to its first bytes.
    var reply = ReplyWriter()
    var envelope = Envelope()
    var connection = ConnectionHandle(slot: 0, generation: 0)
    /// When the frame's first byte was read; the deadline counts from here.
    var receivedAt = MonotonicTime(nanoseconds: 0)
    var queuedAt = MonotonicTime(nanoseconds: 0)
    var deadline = MonotonicTime.distantFuture
    /// Place of the model's load.
    var model = 0
    /// Runs of the model that the request needs.
    var runs = 1
    /// Its place in the fair order.
    var entry = FairQueue.Item(record: 0, startTag: 0, sequence: 0)
    /// The caller reads compressed frames.
    var acceptsCompressed = false
    /// What its answer is kept under and shared by; nil: neither.
    var key: CacheKey?
    var cacheOutcome = CacheOutcome.miss

    /// Room for its event, in the ring of the thread whose lane it is in.
    var reservation: RingReservation?

    /// Bytes that the daemon holds for the request and its reply, as they count against the limits.
    var heldBytes = 0
}
