import Glibc
import InferdBase
import Synchronization

/// The servers that are running, ended too when a signal ends the benchmark.
enum RunningChildren {
    // More than a benchmark runs at once.
    private static let places = FixedArray<Atomic<pid_t>>(count: 4) { _ in Atomic(0) }

    static func add(_ child: pid_t) {
        for place in 0..<places.count {
            if places[place].compareExchange(expected: 0, desired: child, ordering: .relaxed).exchanged { return }
        }
        preconditionFailure("more than \(places.count) servers at once")
    }

    static func remove(_ child: pid_t) {
        for place in 0..<places.count {
            if places[place].compareExchange(expected: child, desired: 0, ordering: .relaxed).exchanged { return }
        }
    }

    static func endWithThisProcess() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // The handler only loads atomics, kills and exits: all safe in a signal handler.
            signal(number) { number in
                for place in 0..<RunningChildren.places.count {
                    let child = RunningChildren.places[place].load(ordering: .relaxed)
                    if child > 0 { Glibc.kill(child, SIGKILL) }
                }
                _exit(128 + number)
            }
        }
    }
}
