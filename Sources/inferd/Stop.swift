import Glibc
import InferdBase
import InferdServer
import Logging

/// What a signal does at each time of the daemon's life. Signals come on a thread of their own.
final class Stop: Sendable {
    private enum Phase {
        /// Nothing has been made that anybody could see.
        case loading
        /// Sockets are being made; the server will be there in a moment.
        case listening
        case serving(Server)
    }

    private struct State {
        var phase = Phase.loading
        /// How often the daemon was asked to stop.
        var count = 0
    }

    private let logger: Logger
    private let state = Locked(State())

    init(logger: Logger) {
        self.logger = logger
    }

    /// A signal has come: the first lets what is in flight finish, the second does not wait for that.
    func ask(_ signal: String) {
        state.withLock { state in
            state.count += 1
            if case .loading = state.phase {
                // However many models are still to be loaded, and whatever they hold: there is nothing to
                // be finished or removed, and no reason to wait for the thread that loads.
                logger.info("stopping", metadata: ["signal": .string(signal)])
                logger.info("stopped")
                _exit(0)
            }
            Self.act(state)
            if state.count == 1 {
                logger.info("stopping", metadata: ["signal": .string(signal)])
            } else {
                logger.notice("stopping at once", metadata: ["signal": .string(signal)])
            }
        }
    }

    /// From here on the daemon stops in order.
    func beginListening() {
        state.withLock { $0.phase = .listening }
    }

    func serve(_ server: Server) {
        state.withLock { state in
            state.phase = .serving(server)
            Self.act(state)
        }
    }

    /// Before anything is said of it: a log that nobody reads must not keep the daemon from stopping.
    private static func act(_ state: State) {
        guard case .serving(let server) = state.phase else { return }
        if state.count >= 1 { server.requestStop() }
        if state.count >= 2 { server.endGrace() }
    }
}
