internal import CXXHash

/// 128 bits that stand for some bytes: XXH3 with a seed, so that nobody outside can choose bytes that
/// collide. Equal hashes are a reason to compare the bytes, not a proof that they are equal.
package struct ContentHash: Hashable, Sendable {
    package let low: UInt64
    package let high: UInt64

    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    package init(of bytes: RawSpan, seed: UInt64) {
        let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits_withSeed($0.baseAddress, $0.count, seed) }
        low = hash.low64
        high = hash.high64
    }
}
