/// Why a bundle, or a part of the repository, cannot be used: file, what was expected, what was found.
/// It never holds a path outside the repository.
package struct BundleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Empty when the repository itself is at fault.
    package let model: String
    /// 0 when no version is meant.
    package let version: UInt64
    /// Name within the bundle; empty when no single file is at fault.
    package let file: String
    package let message: String

    package init(model: String = "", version: UInt64 = 0, file: String = "", _ message: String) {
        self.model = model
        self.version = version
        self.file = file
        self.message = message
    }

    /// What was found, as messages show it: whatever a file holds, they stay short.
    static func shown(_ text: String) -> String {
        text.utf8.count <= greatestShownBytes
            ? text : String(decoding: text.utf8.prefix(greatestShownBytes), as: UTF8.self) + "…"
    }

    private static let greatestShownBytes = 96

    package var description: String { file.isEmpty ? message : "\(file): \(message)" }
}
