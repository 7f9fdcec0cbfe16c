import Glibc
import InferdBase

/// A connected, non-blocking stream socket; closed when it goes.
///
/// It knows bytes and deadlines and nothing of what the bytes mean.
struct StreamSocket: ~Copyable {
    /// How a read ended.
    enum ReadOutcome {
        /// Bytes were appended.
        case bytes(Int)
        /// Nothing has come yet.
        case wouldBlock
        /// The other side sends no more.
        case ended
    }

    /// What a socket can be waited for.
    struct Readiness: OptionSet {
        let rawValue: Int16
        static let readable = Readiness(rawValue: Int16(POLLIN))
        static let writable = Readiness(rawValue: Int16(POLLOUT))
    }

    let descriptor: Int32

    /// Takes over a descriptor that is non-blocking.
    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Waits until the socket is ready in one of the ways named, has failed or was closed by the other
    /// side (both count as readable). Returns false when the deadline came first.
    func wait(for readiness: Readiness, until deadline: MonotonicTime) throws(SystemError) -> Bool {
        while true {
            var entry = pollfd(fd: descriptor, events: readiness.rawValue, revents: 0)
            // SAFETY: one entry, on the stack, for the time of the call.
            let count = unsafe poll(&entry, 1, Self.pollMilliseconds(until: deadline))
            if count > 0 { return true }
            if count == 0 {
                if MonotonicTime.now() >= deadline { return false }
            } else if errno != EINTR {
                throw SystemError(number: errno)
            }
        }
    }

    /// Waits like `wait(for:until:)`, and also until `wake` can be read. Says what is there.
    func wait(
        for readiness: Readiness, orWake wake: Int32, until deadline: MonotonicTime
    ) throws(SystemError) -> (ready: Readiness, isWoken: Bool) {
        while true {
            var entries: [2 of pollfd] = [
                pollfd(fd: descriptor, events: readiness.rawValue, revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            var entriesSpan = entries.mutableSpan
            // SAFETY: two entries, on the stack, for the time of the call.
            let count = unsafe entriesSpan.withUnsafeMutableBufferPointer {
                unsafe poll($0.baseAddress, 2, Self.pollMilliseconds(until: deadline))
            }
            if count < 0 && errno != EINTR { throw SystemError(number: errno) }
            if count > 0 {
                var ready = Readiness(rawValue: entries[0].revents).intersection([.readable, .writable])
                // A failure or an end shows when it is read.
                if entries[0].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { ready.insert(.readable) }
                return (ready, entries[1].revents != 0)
            }
            if count == 0 && MonotonicTime.now() >= deadline { return ([], false) }
        }
    }

    /// Rounded up, so that the deadline has really passed when poll says so; bounded, so that a distant
    /// deadline fits.
    private static func pollMilliseconds(until deadline: MonotonicTime) -> Int32 {
        let left = deadline.nanoseconds(since: .now())
        return Int32(min(left / 1_000_000 + (left % 1_000_000 == 0 ? 0 : 1), 1_000_000))
    }

    /// Hands bytes to the kernel and returns how many it took; 0 when it takes none now. A peer that is
    /// gone is an error, never a signal.
    func write(_ bytes: RawSpan) throws(SystemError) -> Int {
        if bytes.byteCount == 0 { return 0 }
        while true {
            // SAFETY: the span holds the bytes for the time of the call.
            let count = unsafe bytes.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, sendFlags) }
            if count >= 0 { return count }
            if errno == EAGAIN || errno == EWOULDBLOCK { return 0 }
            if errno != EINTR { throw SystemError(number: errno) }
        }
    }

    /// Appends up to `limit` bytes that have come.
    func read(into buffer: inout OwnedBytes, atMost limit: Int) throws(SystemError) -> ReadOutcome {
        while true {
            var failure: Int32 = 0
            var ended = false
            let before = buffer.count
            // SAFETY: the kernel writes at most as many bytes as the room it is given has.
            unsafe buffer.appendUninitialized(limit) { room in
                let count = unsafe recv(descriptor, room.baseAddress, room.count, 0)
                if count < 0 { failure = errno }
                ended = count == 0
                return max(count, 0)
            }
            if ended { return .ended }
            if failure == 0 { return .bytes(buffer.count - before) }
            if failure == EAGAIN || failure == EWOULDBLOCK { return .wouldBlock }
            if failure != EINTR { throw SystemError(number: failure) }
        }
    }
}

private let sendFlags = Int32(MSG_NOSIGNAL)
