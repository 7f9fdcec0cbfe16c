import Glibc

/// The number of a system error.
struct SystemError: Error {
    var number: Int32

    /// What the system says of it.
    var reason: String {
        // SAFETY: glibc's strerror returns a NUL-terminated text that lives until this thread's next call.
        unsafe String(cString: strerror(number))
    }
}
