import Glibc

/// A point on the system's monotonic clock, which never goes back and knows no calendar.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Later than every deadline.
    package static let distantFuture = MonotonicTime(nanoseconds: .max)

    /// Reads the clock. Rooms that hold state take the result as a value instead of calling this.
    package static func now() -> MonotonicTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at `distantFuture`.
    package func advanced(byNanoseconds delta: UInt64) -> MonotonicTime {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(delta)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    package func advanced(byMilliseconds delta: UInt64) -> MonotonicTime {
        let (product, overflow) = delta.multipliedReportingOverflow(by: 1_000_000)
        return advanced(byNanoseconds: overflow ? .max : product)
    }

    /// Nanoseconds from `earlier` to here; 0 when `earlier` is not earlier.
    package func nanoseconds(since earlier: MonotonicTime) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds &- earlier.nanoseconds : 0
    }

    /// Microseconds from `earlier` to here; 0 when `earlier` is not earlier.
    package func microseconds(since earlier: MonotonicTime) -> Float {
        Float(nanoseconds(since: earlier)) / 1000
    }
}
