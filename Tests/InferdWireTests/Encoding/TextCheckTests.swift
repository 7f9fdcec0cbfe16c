import InferdTestSupport
import Testing

@testable import InferdWire

struct TextCheckTests {
    private func check(_ bytes: [UInt8]) -> TextCheck {
        unsafe TextCheck(bytes.span.bytes)
    }

    @Test func aNULIsFoundAtEveryPlace() {
        for length in 1...40 {
            for place in 0..<length {
                for filler in [0x41, 0x01, 0x7F, 0x80] as [UInt8] {
                    var bytes = [UInt8](repeating: filler, count: length)
                    bytes[place] = 0
                    // Before the text is asked whether it is UTF-8.
                    #expect(check(bytes) == .containsNUL, "\(bytes)")
                }
            }
        }
    }

    @Test func asciiIsAcceptedAtEveryLength() {
        for length in 0...40 {
            #expect(check([UInt8](repeating: 0x7F, count: length)) == .accepted)
            #expect(check([UInt8](repeating: 0x01, count: length)) == .accepted)
            #expect(check([UInt8](repeating: 0x61, count: length) + [0x80]) == .invalidUTF8)
            #expect(check([UInt8](repeating: 0x61, count: length) + Array("é".utf8)) == .accepted)
        }
    }

    @Test func scalarsAreJudgedAsTheStandardDoes() {
        for text in ["\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "a\u{301}", "\u{FEFF}"] {
            #expect(check(Array(text.utf8)) == .accepted)
            // Cut within a scalar, it is no text.
            #expect(check(Array(text.utf8.dropLast())) == .invalidUTF8)
        }
        let wrong: [[UInt8]] = [
            [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xBF],
        ]
        for bytes in wrong { #expect(check(bytes) == .invalidUTF8, "\(bytes)") }
    }

    @Test func randomBytesAreJudgedAsTheStandardLibraryDoes() {
        var random = SeededGenerator(for: "randomBytesAreJudgedAsTheStandardLibraryDoes")
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                [0x61, 0x80, 0xC3, 0xE2, UInt8.random(in: 1...255, using: &random)].randomElement(using: &random) ?? 1
            }
            let isText = String(validating: bytes, as: UTF8.self) != nil
            #expect(check(bytes) == (isText ? .accepted : .invalidUTF8), "\(bytes)")
        }
    }
}
