import CLinux
import Glibc

/// What the daemon's process needs before anything else, for all of its threads.
package enum ProcessSetup {
    /// Blocks of memory from this size on are given back to the system when they are freed.
    private static let mappedBytes: Int32 = 256 << 10

    package static func prepare() {
        // Whoever reads the log may go away; the daemon goes on without a reader. Sockets never raise it.
        signal(SIGPIPE, SIG_IGN)
        _ = inferd_map_blocks(mappedBytes)
    }
}
