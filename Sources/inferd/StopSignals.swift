import Glibc
import InferdServer

/// The signals that ask the daemon to stop. They are blocked from the moment this is made, in the
/// calling thread and in all that it starts, so that only `watch` ever sees them.
struct StopSignals {
    private var set = sigset_t()

    init() {
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `act` for each of them, on a thread of its own that lives as long as the process.
    /// - Parameter act: is given the signal's name.
    func watch(_ act: @escaping @Sendable (String) -> Void) throws(ServerError) {
        let set = self.set
        _ = try PinnedThread(name: "signals", processor: nil, nice: 0) {
            while true {
                var number: Int32 = 0
                guard unsafe sigwait([set], &number) == 0 else { continue }
                act(number == SIGINT ? "SIGINT" : "SIGTERM")
            }
        }
    }
}
