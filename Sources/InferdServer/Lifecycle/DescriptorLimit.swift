import Glibc
import InferdBase

/// How many descriptors the process may have open. The usual soft limit of 1,024 is less than the
/// connections the daemon takes; without more it would leave peers waiting instead of refusing them.
enum DescriptorLimit {
    /// Connections, listeners, and what the process itself and its libraries hold open.
    private static let needed = rlim_t(Limits.connections + ServerCore.overflowSlots + 128)

    /// Raises the limit to what is needed, as far as it may be; gives it when that is less.
    static func raise() -> (available: Int, needed: Int)? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < needed else {
            return nil
        }
        limit.rlim_cur = min(needed, limit.rlim_max)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit.rlim_cur < needed ? (Int(limit.rlim_cur), Int(needed)) : nil
    }
}
