internal import COpenSSL

/// A SHA-256 digest (FIPS 180-4), by OpenSSL.
package struct SHA256Digest: Hashable, Sendable {
    package static let byteCount = 32

    /// The digest's 32 bytes as four big-endian words, so that the value holds no reference.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// Digest of `bytes`.
    package init(of bytes: RawSpan) {
        var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        // Sound: `EVP_Digest` reads the span's extent and writes the 32 bytes that the tuple has.
        let succeeded = unsafe withUnsafeMutableBytes(of: &digest) { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe EVP_Digest(
                    source.baseAddress, source.count, target.baseAddress?.assumingMemoryBound(to: UInt8.self), nil,
                    EVP_sha256(), nil)
            }
        }
        precondition(succeeded == 1, "libcrypto offers no SHA-256")
        words = (digest.0.bigEndian, digest.1.bigEndian, digest.2.bigEndian, digest.3.bigEndian)
    }

    /// Reads 64 lower-case hexadecimal digits, as `sha256sum` writes them; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = text.utf8
        guard digits.count == 2 * Self.byteCount else { return nil }
        var parsed: [UInt64] = [0, 0, 0, 0]
        for (index, digit) in digits.enumerated() {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            parsed[index / 16] = parsed[index / 16] << 4 | UInt64(value)
        }
        words = (parsed[0], parsed[1], parsed[2], parsed[3])
    }

    /// 64 lower-case hexadecimal digits.
    package var hexadecimal: String {
        [words.0, words.1, words.2, words.3].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension SHA256Digest: CustomStringConvertible {
    package var description: String { hexadecimal }
}
