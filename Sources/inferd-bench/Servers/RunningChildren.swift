import Glibc
import Synchronization

/// The servers that are running, ended too when a signal ends the benchmark.
enum RunningChildren {
    // More than a benchmark runs at once.
    private static let first = Atomic<pid_t>(0)
    private static let second = Atomic<pid_t>(0)

    static func add(_ child: pid_t) {
        if first.compareExchange(expected: 0, desired: child, ordering: .relaxed).exchanged { return }
        if second.compareExchange(expected: 0, desired: child, ordering: .relaxed).exchanged { return }
        preconditionFailure("more than two servers at once")
    }

    static func remove(_ child: pid_t) {
        if first.compareExchange(expected: child, desired: 0, ordering: .relaxed).exchanged { return }
        _ = second.compareExchange(expected: child, desired: 0, ordering: .relaxed)
    }

    static func endWithThisProcess() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // The handler only loads atomics, kills and exits: all safe in a signal handler.
            signal(number) { number in
                RunningChildren.kill(RunningChildren.first.load(ordering: .relaxed))
                RunningChildren.kill(RunningChildren.second.load(ordering: .relaxed))
                _exit(128 + number)
            }
        }
    }

    private static func kill(_ child: pid_t) {
        if child > 0 { Glibc.kill(child, SIGKILL) }
    }
}
