import CLinux

/// Waits for sockets to become ready.
final class Poller: Sendable {
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let reading = Interest(rawValue: UInt32(INFERD_READABLE))
        static let writing = Interest(rawValue: UInt32(INFERD_WRITABLE))
        /// Only ever reported: the peer is gone, or the descriptor failed.
        static let hangup = Interest(rawValue: UInt32(INFERD_HANGUP))
    }

    /// Events taken in one turn.
    static let eventsPerTurn = 128

    private let descriptor: Int32

    init() throws(ServerError) {
        descriptor = inferd_poller_create()
        if descriptor < 0 {
            throw ServerError.system("cannot make the I/O thread's poller", errno: -descriptor)
        }
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// Starts to watch a descriptor for input; false when the system refuses.
    func add(_ watched: Int32, _ token: PollToken) -> Bool {
        inferd_poller_add(descriptor, watched, Interest.reading.rawValue, token.packed) == 0
    }

    /// The descriptor is one that `add` accepted, so that this cannot fail.
    func change(_ watched: Int32, _ interest: Interest, _ token: PollToken) {
        _ = inferd_poller_change(descriptor, watched, interest.rawValue, token.packed)
    }

    func remove(_ watched: Int32) {
        _ = inferd_poller_remove(descriptor, watched)
    }

    /// Waits until something is ready.
    /// - Parameters:
    ///   - events: filled from its start.
    ///   - milliseconds: -1 waits without end.
    /// - Returns: how many events there are.
    func wait(_ events: inout MutableSpan<inferd_event>, milliseconds: Int32) -> Int {
        let count = unsafe events.withUnsafeMutableBufferPointer { buffer in
            unsafe inferd_poller_wait(descriptor, buffer.baseAddress, Int32(buffer.count), milliseconds)
        }
        return Int(max(count, 0))
    }
}
