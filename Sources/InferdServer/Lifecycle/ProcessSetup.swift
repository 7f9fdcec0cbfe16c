import CLinux
import Glibc

/// What the daemon's process needs before anything else, for all of its threads.
package enum ProcessSetup {
    /// Blocks of memory from this size on are given back to the system when they are freed, and so is what is free
    /// at the end of a thread's heap beyond twice as much. What a run of a model takes for its intermediate tensors
    /// is mostly less: taken from the system and given back each time, page by page, it was measured to double the
    /// CPU time of a batch of the demo model.
    private static let mappedBytes: Int32 = 16 << 20

    package static func prepare() {
        // Whoever reads the log may go away; the daemon goes on without a reader. Sockets never raise it.
        signal(SIGPIPE, SIG_IGN)
        _ = inferd_keep_memory(mappedBytes, 2 * mappedBytes)
    }
}
