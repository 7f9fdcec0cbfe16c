import Glibc

/// The three descriptors that every program is given.
enum StandardDescriptors {
    /// Takes the places of those that were closed, lest a socket or file gets one's number and is written
    /// what was meant for a person. Using one still fails as for a closed one: the null device is opened
    /// for the other direction.
    static func reserve() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // SAFETY: passes a constant path; the lowest free number is the one that was just found free.
            _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
