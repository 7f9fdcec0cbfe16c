import Glibc

/// The three descriptors that every program is given.
enum StandardDescriptors {
    /// Opens the null device in the places of those that were closed, lest a socket or a model's file
    /// gets the number that the log is written to.
    static func reserve() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // SAFETY: passes a constant path; the lowest free number is the one that was just found free.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }
}
