internal import CLinux

/// The CRC-32C of bytes that come in pieces: what the journal's files carry to tell whole records from
/// damaged ones. It guards against accidents, not against somebody who means harm.
package struct CRC32C: Hashable, Sendable {
    /// The checksum of the bytes so far; 0 for none.
    package private(set) var value: UInt32

    /// Begins with no bytes.
    package init() {
        value = 0
    }

    /// Goes on from bytes whose checksum is `value`.
    package init(continuing value: UInt32) {
        self.value = value
    }

    /// The checksum of `bytes`.
    package init(of bytes: RawSpan) {
        self.init()
        update(with: bytes)
    }

    /// Takes in the bytes that follow. No allocation and no system call; any length.
    package mutating func update(with bytes: RawSpan) {
        let before = value
        // Reads `count` bytes, the span's exact extent.
        value = unsafe bytes.withUnsafeBytes { unsafe inferd_crc32c(before, $0.baseAddress, $0.count) }
    }
}
