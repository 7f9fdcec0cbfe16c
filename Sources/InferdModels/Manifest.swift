import InferdBase

/// The list of a bundle's files with their digests, as `sha256sum` writes it.
struct Manifest {
    private(set) var digests: [String: SHA256Digest] = [:]

    /// - Parameter expecting: the files there must be, and no others.
    init(
        _ bytes: RawSpan, expecting files: [String], failure: (String) -> BundleError
    ) throws(BundleError) {
        let text = unsafe bytes.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
        guard let text else { throw failure("expected UTF-8 text") }
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(
            Substring.init
        ).enumerated() {
            if line.isEmpty { continue }
            let digits = line.prefix(64)
            let rest = line.dropFirst(64)
            guard let digest = SHA256Digest(hexadecimal: digits), rest.hasPrefix("  ") else {
                throw failure("line \(index + 1): expected 64 hexadecimal digits, two spaces and a file's name")
            }
            let name = String(rest.dropFirst(2))
            guard files.contains(name) else {
                throw failure(
                    "line \(index + 1): expected one of \(files.joined(separator: ", ")), found '\(BundleError.shown(name))'"
                )
            }
            guard digests.updateValue(digest, forKey: name) == nil else {
                throw failure("line \(index + 1): '\(name)' is listed twice")
            }
        }
        for file in files where digests[file] == nil {
            throw failure("expected an entry for \(file), found none")
        }
    }
}
