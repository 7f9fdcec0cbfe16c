internal import CTestSupport

/// Counts what a thread asks the heap for.
package enum Allocations {
    /// False in builds for a sanitizer, which brings an allocator of its own.
    package static var areCounted: Bool { test_counts_allocations() }

    /// How often this thread has asked the heap for memory; two differ by what lay between.
    package static var count: UInt64 { test_allocations() }
}
