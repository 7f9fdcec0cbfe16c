import Glibc
import InferdBase

/// A random generator whose sequence follows from its seed alone, so that a failure can be run again:
/// set `INFERD_TEST_SEED` to the seed that was printed.
package struct SeededGenerator: RandomNumberGenerator {
    package let seed: UInt64
    private var generator: SplitMix64

    package init(seed: UInt64) {
        self.seed = seed
        generator = SplitMix64(seed: seed)
    }

    /// Seeded from the environment, or anew for each run; prints the seed.
    package init(for test: String) {
        self.init(seed: Self.seedFromEnvironment ?? UInt64.random(in: 0...UInt64.max))
        print("\(test): seed \(seed)")
    }

    /// What `INFERD_TEST_SEED` says.
    static var seedFromEnvironment: UInt64? {
        unsafe getenv("INFERD_TEST_SEED").flatMap { UInt64(unsafe String(cString: $0)) }
    }

    package mutating func next() -> UInt64 {
        generator.next()
    }
}
