internal import CLinux
internal import Glibc

/// Why the spool cannot do what it was asked. `message` never holds a path.
package enum SpoolError: Error, Equatable, Sendable {
    /// The file system has no room, or the user no quota, for more.
    case diskFull
    /// The file system takes no writes.
    case readOnly
    /// Permissions forbid it.
    case denied(SpoolOperation)
    /// What is to be read or removed is not there.
    case missing
    /// Another daemon has the spool open.
    case locked
    /// The spool holds as much as it may, and what it holds may not be deleted yet.
    case boundReached(maximumBytes: Int)
    /// A record longer than a block may be.
    case recordTooLarge(bytes: Int, maximumBytes: Int)
    /// The greatest block number there is has been given.
    case numbersExhausted
    /// A segment or cursor of a version that this program does not know. It is left as it is.
    case unknownVersion(UInt32)
    /// An errno that nothing above explains; an I/O error (EIO) among them.
    case system(SpoolOperation, code: Int32)

    /// The error that an errno stands for.
    init(_ operation: SpoolOperation, code: Int32) {
        switch code {
        case ENOSPC, EDQUOT: self = .diskFull
        case EROFS: self = .readOnly
        case EACCES, EPERM: self = .denied(operation)
        case ENOENT: self = .missing
        default: self = .system(operation, code: code)
        }
    }

    /// One sentence.
    package var message: String {
        switch self {
        case .diskFull: "the file system of the spool is full"
        case .readOnly: "the file system of the spool is read-only"
        case .denied(let operation): "the spool's directory does not let this user \(operation.rawValue)"
        case .missing: "a file or directory of the spool is missing"
        case .locked: "another daemon has the spool open"
        case .boundReached(let maximum): "the spool holds the \(maximum) bytes it may, none of them delivered"
        case .recordTooLarge(let bytes, let maximum): "a record of \(bytes) bytes is longer than \(maximum) bytes"
        case .numbersExhausted: "the spool has come to the greatest number that a block may have"
        case .unknownVersion(let version): "a file of the spool has the unknown version \(version)"
        case .system(let operation, let code): "the spool could not \(operation.rawValue): \(Self.text(of: code))"
        }
    }

    private static func text(of code: Int32) -> String {
        guard let description = unsafe inferd_error_text(code) else { return "error number \(code)" }
        // Sound: NUL-terminated and never freed.
        return unsafe String(cString: description)
    }
}
