import InferdBase
import Synchronization

/// Which forecasts had an event a short while ago, so that the same one is not published again.
///
/// A table of a fixed size that all predicting threads share; none ever waits. A key belongs to a set of a few
/// places. When these are taken, the oldest is forgotten; when another thread is looking into the set at this very
/// moment, it is passed by. Either way the forecast may be published once more, which is the only error there is.
@safe
final class DedupeWindow: @unchecked Sendable {
    private struct Set: ~Copyable {
        /// Taken for a look into the places, which only who has taken it touches. Its exchange acquires what the
        /// store that gave it back has released.
        let isTaken = Atomic(false)
        var places = InlineArray<4, Place>(repeating: Place())
    }

    private struct Place {
        var key = ContentHash(low: 0, high: 0)
        /// nil: free.
        var notedAt: MonotonicTime?
    }

    private static let setCount = 1 << 14

    private let window: UInt64
    private let sets: FixedArray<Set>

    /// - Parameter milliseconds: how long a forecast counts as published; 0: not at all.
    init(milliseconds: Int) {
        window = UInt64(milliseconds) * 1_000_000
        sets = FixedArray(count: milliseconds == 0 ? 0 : Self.setCount) { _ in Set() }
    }

    /// Whether `key` was noted within the window; notes it if not.
    func hasSeen(_ key: ContentHash, now: MonotonicTime) -> Bool {
        if window == 0 { return false }
        let set = unsafe sets.address(of: Int(truncatingIfNeeded: key.low) & (Self.setCount - 1))
        if unsafe set.pointee.isTaken.exchange(true, ordering: .acquiring) { return false }
        defer { unsafe set.pointee.isTaken.store(false, ordering: .releasing) }
        var oldest = 0
        for index in 0..<4 {
            let place = unsafe set.pointee.places[index]
            guard let notedAt = place.notedAt else {
                oldest = index
                break
            }
            if place.key == key {
                if now.nanoseconds(since: notedAt) < window { return true }
                oldest = index
                break
            }
            if let other = unsafe set.pointee.places[oldest].notedAt, notedAt < other { oldest = index }
        }
        unsafe set.pointee.places[oldest] = Place(key: key, notedAt: now)
        return false
    }
}
