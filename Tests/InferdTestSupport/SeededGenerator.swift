import Glibc

/// A random generator whose sequence follows from its seed alone (SplitMix64; Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014), so that a failure can be run again:
/// set `INFERD_TEST_SEED` to the seed that was printed.
package struct SeededGenerator: RandomNumberGenerator {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
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
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
