import CLinux

/// What the daemon's process needs before anything else, for all of its threads.
package enum ProcessSetup {
    /// Blocks of memory from this size on are given back to the system when they are freed.
    private static let mappedBytes: Int32 = 256 << 10

    package static func prepare() {
        _ = inferd_map_blocks(mappedBytes)
    }
}
