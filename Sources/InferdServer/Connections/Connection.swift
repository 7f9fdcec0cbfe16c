import InferdBase
import InferdWire

/// One connection as the I/O thread sees it; no other thread touches it.
struct Connection: ~Copyable {
    enum Phase {
        /// The slot is unused.
        case free
        /// Reads requests.
        case open
        /// Reads no more; ends when what is in flight is answered and written.
        case finishing
        /// Everything is written and the sending side shut; waits a moment for the peer to read it,
        /// because closing with unread input would make the kernel discard what was sent.
        case lingering
        /// Ends as soon as the output token can be had.
        case closing
    }

    var phase = Phase.free
    var descriptor: Int32 = -1
    var generation: UInt32 = 0

    // Reading.

    /// Bytes read and not consumed; begins at a frame's first byte.
    var input = OwnedBytes()
    /// Bytes `input` must hold before it is worth scanning again.
    var neededBytes = 0
    /// When the first byte of `input` was read.
    var frameStartedAt = MonotonicTime(nanoseconds: 0)
    var lastReadAt = MonotonicTime(nanoseconds: 0)
    /// Reading stopped because too much is in flight or waits to be written.
    var isPaused = false
    /// When reading went on after the last pause; the time of a pause does not count against the peer.
    var resumedAt = MonotonicTime(nanoseconds: 0)
    /// The peer has shut its sending side.
    var hasReachedEnd = false
    /// Frames read whole.
    var framesRead: UInt64 = 0
    var acceptsCompressed = false

    // Writing.

    /// The I/O thread's own replies.
    var output = ReplyWriter()
    /// Bytes of `output` that are sent.
    var outputSent = 0
    /// The output token is ours until the socket takes more.
    var holdsToken = false
    var lastProgressAt = MonotonicTime(nanoseconds: 0)
    /// What the poller is asked for.
    var interest: Poller.Interest = []

    var lingersUntil = MonotonicTime.distantFuture
    /// The daemon will look at the connection before this turn ends.
    var isTouched = false
    /// Bytes held for its requests in flight.
    var heldBytes = 0
    /// Where its last request ends in the fair order.
    var lastServiceTag: UInt64 = 0
    var inFlight = InFlightTable()

    /// Memory a connection keeps between requests, in each direction, when there are so many: a few may keep
    /// what a burst of requests on one of them takes, so that the next burst allocates nothing.
    static func retainedBytes(among connections: Int) -> Int {
        connections <= 128 ? 64 << 10 : 16 << 10
    }

    /// Readies the slot for a new connection; its generation stands already.
    mutating func open(descriptor: Int32, now: MonotonicTime) {
        precondition(phase == .free && inFlight.count == 0)
        phase = .open
        self.descriptor = descriptor
        neededBytes = 0
        frameStartedAt = now
        lastReadAt = now
        isPaused = false
        resumedAt = now
        hasReachedEnd = false
        framesRead = 0
        acceptsCompressed = false
        outputSent = 0
        holdsToken = false
        lastProgressAt = now
        interest = []
        lingersUntil = .distantFuture
        heldBytes = 0
        lastServiceTag = 0
    }

    /// Gives the connection's memory back.
    mutating func reset() {
        phase = .free
        descriptor = -1
        inFlight.removeAll()
        input.removeAll()
        input.shrink(toCapacity: 0)
        output.bytes.removeAll()
        output.bytes.shrink(toCapacity: 0)
        outputSent = 0
        holdsToken = false
    }

    var unsentOutput: Int { output.bytes.count - outputSent }

    /// A frame has begun and its rest is not here, while nothing but the peer keeps it.
    var waitsForFrame: Bool {
        phase == .open && !isPaused && !hasReachedEnd && !input.isEmpty
    }
}
