import Glibc

/// The calendar's clock, which may be set and may go back: for what is said of the world outside, never
/// for how long something took.
package enum WallClock {
    /// Microseconds since 1970-01-01T00:00:00Z.
    package static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
    }
}
