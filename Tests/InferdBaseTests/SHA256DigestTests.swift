import InferdBase
import Testing

struct SHA256DigestTests {
    private func digest(_ bytes: [UInt8]) -> SHA256Digest {
        unsafe SHA256Digest(of: bytes.span.bytes)
    }

    /// The examples of FIPS 180-2, appendix B, and of nothing at all.
    @Test func knownVectors() {
        #expect(
            digest([]).hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            digest(Array("abc".utf8)).hexadecimal
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            digest(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)).hexadecimal
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            digest([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)).hexadecimal
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func hexadecimalComesBackAsItWas() throws {
        // Leading zeros in each word.
        let text = "000000000000000f" + "0123456789abcdef" + "00000000000000ff" + "ffffffffffffffff"
        let parsed = try #require(SHA256Digest(hexadecimal: text))
        #expect(parsed.hexadecimal == text && "\(parsed)" == text)
        let made = digest([1, 2, 3])
        #expect(SHA256Digest(hexadecimal: made.hexadecimal) == made)
        #expect(SHA256Digest(hexadecimal: made.hexadecimal)?.hashValue == made.hashValue)
        #expect(parsed != made)
    }

    @Test func otherTextIsNoDigest() {
        let good = String(repeating: "a", count: 64)
        #expect(SHA256Digest(hexadecimal: good) != nil)
        let short = String(good.dropLast())
        let texts: [String] = ["", "a", short, short + "g", short + "A", good + "a", short + " ", short + "\0"]
        for text in texts + ["0x" + good.dropLast(2), good.dropLast(2) + "é"] {
            #expect(SHA256Digest(hexadecimal: text) == nil, "\(text)")
        }
    }
}
