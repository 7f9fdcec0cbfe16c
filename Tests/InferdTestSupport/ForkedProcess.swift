internal import CTestSupport
import Glibc

/// A copy of the test's process, with this thread alone in it.
package struct ForkedProcess {
    private let identifier: pid_t

    /// Runs `body` in a child, which ends with it. The body may do nothing that allocates, locks or prints: a
    /// thread that is not there may hold what that needs.
    package init(_ body: () -> Void) throws(PropertyFailure) {
        let forked = test_fork()
        if forked == 0 {
            body()
            _exit(0)
        }
        guard forked > 0 else { throw PropertyFailure("fork: error number \(errno)") }
        identifier = forked
    }

    /// False when the child has ended by itself.
    package var isRunning: Bool {
        var news = unsafe siginfo_t()
        // Without WNOWAIT the child would be gone for `kill`, and its number another's.
        let found = unsafe waitid(P_PID, id_t(identifier), &news, WEXITED | WNOHANG | WNOWAIT)
        return unsafe found == 0 && news.si_signo == 0
    }

    /// For a child's body: at the next system call the kernel kills the child. False where it cannot be had so.
    package static func forbidSystemCalls() -> Bool { test_forbid_system_calls() }

    /// For a child's body: ends the child where system calls are forbidden.
    package static func end(status: Int32) { test_end_thread(status) }

    /// Waits until the child has ended; its status, or nil when a signal has ended it.
    package func wait() -> Int32? {
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }

    /// Ends the child as nothing but the kernel can, and waits until it is gone.
    package func kill() {
        Glibc.kill(identifier, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
    }
}
