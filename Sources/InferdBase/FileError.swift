internal import CLinux

/// Why a file or directory cannot be read. `message` never holds a path.
package enum FileError: Error, Equatable, Sendable {
    case missing(expected: FileKind)
    case wrongKind(expected: FileKind, found: FileKind)
    /// The name, or a link on the way, leads out of the directory.
    case outside
    case denied(expected: FileKind)
    case tooLarge(bytes: Int, maximum: Int)
    case tooManyEntries(maximum: Int)
    /// Its size or time stamps were not the same after reading as before.
    case changedWhileRead
    /// An errno that nothing above explains.
    case system(Int32)

    /// What was expected and what was found, in one sentence.
    package var message: String {
        switch self {
        case .missing(let expected): "expected \(expected.text), found nothing"
        case .wrongKind(let expected, let found): "expected \(expected.text), found \(found.text)"
        case .outside: "expected a name beneath its directory, found a way out of it"
        case .denied(let expected): "expected \(expected.text) that this user may read, found permission denied"
        case .tooLarge(let bytes, let maximum): "expected at most \(maximum) bytes, found \(bytes)"
        case .tooManyEntries(let maximum): "expected at most \(maximum) entries in the directory, found more"
        case .changedWhileRead: "expected a file at rest, found it changed while it was read"
        case .system(let code): "expected a readable file, found: \(Self.text(of: code))"
        }
    }

    private static func text(of code: Int32) -> String {
        guard let description = unsafe inferd_error_text(code) else { return "error number \(code)" }
        // Sound: NUL-terminated and never freed.
        return unsafe String(cString: description)
    }
}
