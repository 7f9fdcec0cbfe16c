package import InferdBase

/// Why a ring or its directory cannot be used. `message` never holds a path.
package enum RingError: Error, Equatable, Sendable {
    /// Another process holds the directory.
    case directoryInUse
    /// The file does not begin as a ring does.
    case notARing
    /// Written by a version of the daemon whose format this one does not know.
    case unknownVersion(UInt32)
    /// The header's constants do not have the checksum they were written with, or what it says cannot be.
    case damagedHeader
    /// Longer than the header says.
    case wrongSize(bytes: Int, expected: Int)
    /// The directory cannot be read.
    case directory(FileError)
    /// A system call failed: its name, and the errno.
    case system(call: String, code: Int32)

    package var message: String {
        switch self {
        case .directoryInUse: "the ring directory is in use by another process"
        case .notARing: "not a ring file"
        case .unknownVersion(let version):
            "a ring of version \(version), and only \(RingLayout.version) is known: start the version that wrote it"
        case .damagedHeader: "the ring's header is damaged"
        case .wrongSize(let bytes, let expected): "expected a ring of \(expected) bytes, found \(bytes)"
        case .directory(let error): error.message
        case .system(let call, let code): "\(call): \(FileError.system(code).message)"
        }
    }
}
