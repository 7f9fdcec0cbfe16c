internal import Glibc

/// The file system's own calls, beneath a directory that is locked against a second writer for as long as
/// the last reference lives.
package final class SystemSpoolFiles: SpoolFiles, Sendable {
    /// The same directory for reading.
    package let directory: SpoolDirectory
    private let lock: Int32

    /// Whoever may see events may see their files: those of the daemon's group.
    private static let fileMode: mode_t = 0o640
    private static let directoryMode: mode_t = 0o750

    /// Makes the directory at `path` unless it is there, and locks it. Its parent must be there.
    package init(path: String) throws(SpoolError) {
        guard !path.utf8.contains(0) else { throw .missing }
        // Sound: `mkdir` reads the NUL-terminated string.
        guard unsafe mkdir(path, Self.directoryMode) == 0 || errno == EEXIST else {
            throw SpoolError(.makeDirectory, code: errno)
        }
        directory = try SpoolDirectory(path: path)
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        // Sound: `openat` reads the NUL-terminated string.
        lock = unsafe openat(directory.descriptor, "lock", flags, Self.fileMode)
        guard lock >= 0 else { throw SpoolError(.lock, code: errno) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            Glibc.close(lock)
            if code == EWOULDBLOCK { throw .locked }
            throw SpoolError(.lock, code: code)
        }
    }

    deinit {
        Glibc.close(lock)
    }

    package func makeDirectory(_ path: String) throws(SpoolError) {
        guard unsafe mkdirat(directory.descriptor, path, Self.directoryMode) == 0 || errno == EEXIST else {
            throw SpoolError(.makeDirectory, code: errno)
        }
    }

    package func create(_ path: String) throws(SpoolError) -> Int32 {
        try open(path, O_RDWR | O_CREAT | O_EXCL, .create)
    }

    package func openForWriting(_ path: String) throws(SpoolError) -> Int32 {
        try open(path, O_RDWR, .open)
    }

    private func open(_ path: String, _ flags: Int32, _ operation: SpoolOperation) throws(SpoolError) -> Int32 {
        // Sound: `openat` reads the NUL-terminated string.
        let opened = unsafe openat(directory.descriptor, path, flags | O_NOFOLLOW | O_CLOEXEC, Self.fileMode)
        guard opened >= 0 else { throw SpoolError(operation, code: errno) }
        return opened
    }

    package func write(_ bytes: RawSpan, to file: Int32, at offset: Int) throws(SpoolError) -> Int {
        var written = 0
        repeat {
            // Reads the span's exact extent.
            written = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, off_t(offset)) }
        } while written < 0 && errno == EINTR
        guard written >= 0 else { throw SpoolError(.write, code: errno) }
        return written
    }

    package func truncate(_ file: Int32, to length: Int) throws(SpoolError) {
        guard ftruncate(file, off_t(length)) == 0 else { throw SpoolError(.truncate, code: errno) }
    }

    package func sync(_ file: Int32) throws(SpoolError) {
        guard fdatasync(file) == 0 else { throw SpoolError(.sync, code: errno) }
    }

    package func syncDirectory(_ path: String) throws(SpoolError) {
        let opened = unsafe openat(directory.descriptor, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw SpoolError(.sync, code: errno) }
        defer { Glibc.close(opened) }
        guard fsync(opened) == 0 else { throw SpoolError(.sync, code: errno) }
    }

    package func close(_ file: Int32) {
        Glibc.close(file)
    }

    package func rename(_ path: String, to other: String) throws(SpoolError) {
        guard unsafe renameat(directory.descriptor, path, directory.descriptor, other) == 0 else {
            throw SpoolError(.rename, code: errno)
        }
    }

    package func remove(_ path: String) throws(SpoolError) {
        guard unsafe unlinkat(directory.descriptor, path, 0) == 0 else { throw SpoolError(.remove, code: errno) }
    }

    package func removeDirectory(_ path: String) throws(SpoolError) {
        guard unsafe unlinkat(directory.descriptor, path, AT_REMOVEDIR) == 0 else {
            throw SpoolError(.remove, code: errno)
        }
    }
}
