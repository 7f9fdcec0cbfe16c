import Glibc

/// Lets threads wait until something has happened once.
///
/// Memory order: `post` happens before the return of every `wait` it lets through, as POSIX demands of
/// semaphores.
@safe
final class Signal: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        unsafe semaphore = .allocate(capacity: 1)
        // SAFETY: the memory is ours until deinit; the semaphore belongs to this process only.
        let status = unsafe sem_init(semaphore, 0, 0)
        // Fails only for a value that is too large, and ours is 0.
        precondition(status == 0)
    }

    deinit {
        // SAFETY: nobody waits, since whoever waits holds a reference.
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    /// Lets every waiter through, now and later. Called once.
    func post() {
        unsafe sem_post(semaphore)
    }

    /// Sleeps until `post`.
    func wait() {
        // The only other failure is an invalid semaphore.
        while unsafe sem_wait(semaphore) != 0 && errno == EINTR {}
        // For the next waiter.
        unsafe sem_post(semaphore)
    }
}
