import CLinux
import Glibc
import InferdBase
import InferdWire

/// A connection and the thread that serves it.
///
/// Any thread may start requests; small ones go to the kernel on that thread. The connection's own
/// thread reads, writes what the kernel did not take at once, and keeps deadlines. It lives until
/// `close`.
final class Connection: Sendable {
    private struct State: ~Copyable {
        var exchange = Exchange()
        var isClosing = false
    }

    private let socket: StreamSocket
    /// An eventfd that wakes the thread.
    private let wake: Int32
    private let state = Locked(State())

    /// Connects and starts the thread.
    static func open(to address: ServerAddress, until deadline: MonotonicTime) throws(ClientError) -> Connection {
        let socket = try StreamSocket.connect(to: address, until: deadline)
        let wake = inferd_wake_create()
        if wake < 0 {
            throw .unreachable(address: address, reason: SystemError(number: -wake).reason)
        }
        let connection = Connection(socket: socket, wake: wake)
        do throws(SystemError) {
            try BackgroundThread.start(name: "inferd-client") { connection.serve() }
        } catch {
            throw .unreachable(address: address, reason: error.reason)
        }
        return connection
    }

    private init(socket: consuming StreamSocket, wake: Int32) {
        self.socket = socket
        self.wake = wake
    }

    deinit {
        Glibc.close(wake)
    }

    // MARK: Any thread

    func start(_ request: Request, _ options: RequestOptions) throws(ClientError) -> PendingAnswer {
        let pending = try state.withLock { (state) throws(ClientError) -> PendingAnswer? in
            let wasEmpty = state.exchange.writer.bytes.isEmpty
            let pending = try state.exchange.start(request, options, now: .now()) { id in
                PendingAnswer(id: id) { [weak self] in self?.withdraw($0) }
            }
            if wasEmpty { flush(&state.exchange) }
            return pending
        }
        // Its deadline may be the next one now, and the kernel may not have taken everything.
        _ = inferd_wake_signal(wake)
        guard let pending else { preconditionFailure("a request without a pending answer") }
        return pending
    }

    private func withdraw(_ id: RequestID) {
        state.withLock { $0.exchange.withdraw(id, now: .now()) }
        _ = inferd_wake_signal(wake)
    }

    /// Ends the connection; whatever waits is answered `connectionLost`.
    func close() {
        state.withLock { $0.isClosing = true }
        _ = inferd_wake_signal(wake)
    }

    // MARK: The connection's thread

    private func serve() {
        while true {
            let (isClosing, wantsToWrite, deadline) = state.withLock { state in
                (state.isClosing, !state.exchange.writer.bytes.isEmpty, state.exchange.nextDeadline)
            }
            if isClosing { return end(.connectionLost(reason: "the client was closed")) }
            do throws(SystemError) {
                let (ready, isWoken) = try socket.wait(
                    for: wantsToWrite ? [.readable, .writable] : .readable, orWake: wake, until: deadline)
                if isWoken { inferd_wake_clear(wake) }
                if !work(ready) { return }
            } catch {
                return end(.connectionLost(reason: error.reason))
            }
        }
    }

    /// Returns false when the connection is over.
    private func work(_ ready: StreamSocket.Readiness) -> Bool {
        var loss: ClientError?
        let finished = state.withLock { state in
            if ready.contains(.writable) { flush(&state.exchange) }
            if ready.contains(.readable) { loss = receive(&state.exchange) }
            return state.exchange.absorb() + state.exchange.expire(now: .now())
        }
        for entry in finished { entry.deliver() }
        if let loss {
            end(loss)
            return false
        }
        return true
    }

    /// Reads what is there, up to a bound, so that answers are delivered meanwhile; poll says when there
    /// is more. Returns why nothing more will come.
    private func receive(_ exchange: inout Exchange) -> ClientError? {
        do throws(SystemError) {
            switch try socket.read(into: &exchange.inbound, atMost: Self.readBytes) {
            case .bytes, .wouldBlock: return nil
            case .ended: return .connectionLost(reason: "the daemon closed it")
            }
        } catch {
            return .connectionLost(reason: error.reason)
        }
    }

    /// Hands over what the kernel takes. A failure is left for the reader to meet: bytes from the
    /// daemon that say why may still be on the way.
    private func flush(_ exchange: inout Exchange) {
        var sent = 0
        while sent < exchange.writer.bytes.count {
            guard
                let count = try? socket.write(exchange.writer.bytes.span.extracting(droppingFirst: sent)), count > 0
            else { break }
            sent += count
        }
        exchange.writer.bytes.removeFirst(sent)
    }

    private func end(_ error: ClientError) {
        let finished = state.withLock { state in
            return state.exchange.end(error)
        }
        for entry in finished { entry.deliver() }
    }

    private static let readBytes = 256 << 10
}
