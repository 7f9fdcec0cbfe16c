package import InferdBase

/// A moment on both clocks. The spool reads neither: its owner says when it is.
package struct SpoolInstant: Sendable {
    /// For how long something has taken.
    package var monotonic: MonotonicTime
    /// Microseconds since 1970-01-01T00:00:00Z, for what is said of a block. May go back.
    package var wallMicroseconds: Int64

    package init(monotonic: MonotonicTime, wallMicroseconds: Int64) {
        self.monotonic = monotonic
        self.wallMicroseconds = wallMicroseconds
    }

    /// Reads both clocks.
    package static func now() -> SpoolInstant {
        SpoolInstant(monotonic: .now(), wallMicroseconds: WallClock.now())
    }
}
