/// The runtime's error texts made fit to be shown: one line, without source locations or paths.
enum RuntimeMessage {
    /// Characters of a text that are kept.
    private static let greatestLength = 300

    static func clean(_ text: String) -> String {
        var words: [Substring] = []
        for word in text.split(whereSeparator: { $0 == " " || $0.isNewline || $0 == "\t" }) {
            if isLocation(word) { continue }
            words.append(word)
        }
        let sentence = words.joined(separator: " ")
        if sentence.isEmpty { return "the runtime gave no reason" }
        return sentence.count <= greatestLength ? sentence : sentence.prefix(greatestLength) + "…"
    }

    /// A path, a source file with its line, or a hexadecimal address.
    private static func isLocation(_ word: Substring) -> Bool {
        if word.count > 1, word.contains("/") { return true }
        if word.contains("0x") { return true }
        return [".cc:", ".h:", ".cpp:"].contains { word.contains($0) }
    }
}
