import Glibc

/// The signals that ask the daemon to stop. They are blocked from the moment this is made, in the
/// calling thread and in all that it starts, so that only `wait` ever sees them.
struct StopSignals {
    private var set = sigset_t()

    init() {
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for the first of them and gives its name.
    func wait() -> String {
        var number: Int32 = 0
        while unsafe sigwait([set], &number) != 0 {}
        return number == SIGINT ? "SIGINT" : "SIGTERM"
    }
}
