import Glibc

/// A value that one thread at a time may touch, behind a lock of the system's: for control and the SDK, never
/// on the way of a request.
///
/// Not the standard library's `Mutex`: that one's lock lies in a library which the thread sanitizer does not
/// see into, so that it would take every access that the lock orders for a race. It knows this one.
@safe
package final class Locked<Value: ~Copyable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    package init(_ value: consuming Value) {
        unsafe mutex = .allocate(capacity: 1)
        // SAFETY: the memory is ours until deinit; without attributes this cannot fail on Linux.
        unsafe pthread_mutex_init(mutex, nil)
        self.value = value
    }

    deinit {
        // SAFETY: nobody holds it, since whoever does holds a reference.
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Waits for the lock and lends the value. `body` must not take the same lock.
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
