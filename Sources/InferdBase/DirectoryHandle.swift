internal import Glibc

/// An open directory beneath which files are read, and nothing outside it.
///
/// Names are relative, of plain components. Unless told otherwise no symbolic link is followed, at
/// any component. The descriptor is closed with the last reference; calls may come from any thread.
package final class DirectoryHandle: Sendable {
    /// What becomes of symbolic links.
    package enum Links: Sendable {
        case refused
        /// Followed as long as they stay beneath the directory.
        case beneath
    }

    /// Entries that `entries()` takes in; more are a mistake, not a repository.
    package static let maximumEntries = 65_536

    private let descriptor: Int32
    private let resolver: BeneathResolver

    /// Opens the directory at `path`, which may be reached over links: it is the operator's choice.
    package init(path: String, resolver: BeneathResolver = .kernel) throws(FileError) {
        guard !path.utf8.contains(0) else { throw .missing(expected: .directory) }
        // Sound: `open` reads the NUL-terminated string.
        let opened = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw Self.error(errno, expected: .directory, found: nil) }
        descriptor = opened
        self.resolver = resolver
    }

    private init(adopting descriptor: Int32, resolver: BeneathResolver) {
        self.descriptor = descriptor
        self.resolver = resolver
    }

    deinit {
        close(descriptor)
    }

    /// Opens the directory `name` beneath this one.
    package func directory(_ name: String) throws(FileError) -> DirectoryHandle {
        let opened = try openFile(name, flags: O_RDONLY | O_DIRECTORY, links: .refused, expected: .directory)
        return DirectoryHandle(adopting: opened, resolver: resolver)
    }

    /// The whole regular file `name`, which must not be longer than `maximumBytes`.
    ///
    /// Nothing but a regular file is read, so that neither a FIFO nor a device can hold the caller.
    /// Memory is taken for the size the file has when it is opened, never beyond the maximum.
    package func read(
        _ name: String, maximumBytes: Int, links: Links = .refused
    ) throws(FileError) -> OwnedBytes {
        // Without O_NONBLOCK opening a FIFO waits for its writer.
        let file = try openFile(name, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY, links: links, expected: .regular)
        defer { close(file) }
        let before = try Self.status(of: file)
        let kind = FileKind(mode: before.st_mode)
        guard kind == .regular else { throw .wrongKind(expected: .regular, found: kind) }
        let size = Int(before.st_size)
        guard size <= maximumBytes else { throw .tooLarge(bytes: size, maximum: maximumBytes) }

        var bytes = OwnedBytes(capacity: size)
        while bytes.count < size {
            let length = try Self.append(from: file, atMost: size - bytes.count, to: &bytes)
            guard length > 0 else { throw .changedWhileRead }
        }
        // One byte more tells whether the file has grown.
        var rest = OwnedBytes(capacity: 1)
        guard try Self.append(from: file, atMost: 1, to: &rest) == 0 else { throw .changedWhileRead }
        guard try Self.isSame(before, Self.status(of: file)) else { throw .changedWhileRead }
        return bytes
    }

    /// What the directory holds, by name, in the order of the names' bytes.
    package func entries() throws(FileError) -> [DirectoryEntry] {
        // A descriptor of its own, because `closedir` closes what `fdopendir` was given.
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw Self.error(errno, expected: .directory, found: nil) }
        guard let stream = unsafe fdopendir(copy) else {
            let code = errno
            close(copy)
            throw .system(code)
        }
        defer { unsafe closedir(stream) }
        var entries: [DirectoryEntry] = []
        while true {
            errno = 0
            // Sound: the entry is read before the next call on this stream, which is ours alone.
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw .system(errno) }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                // The kernel ends the name with a NUL inside the field.
                unsafe String(cString: UnsafeRawPointer(field).assumingMemoryBound(to: CChar.self))
            }
            if name == "." || name == ".." { continue }
            guard entries.count < Self.maximumEntries else { throw .tooManyEntries(maximum: Self.maximumEntries) }
            // An entry removed since then is not there; one whose name is not UTF-8 cannot be asked for.
            entries.append(DirectoryEntry(name: name, kind: kind(of: name)))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Kind of the entry `name`, links not followed; nil when there is none.
    private func kind(of name: String) -> FileKind? {
        var status = stat()
        // Sound: `fstatat` reads the NUL-terminated string and fills the struct.
        guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return FileKind(mode: status.st_mode)
    }

    /// What tells whether the entry `name` has changed, links not followed; nil when there is none.
    package func stamp(of name: String) -> FileStamp? {
        guard BeneathResolver.isPlain(name) else { return nil }
        var status = stat()
        // Sound: `fstatat` reads the NUL-terminated string and fills the struct.
        guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return FileStamp(status)
    }

    private func openFile(
        _ name: String, flags: Int32, links: Links, expected: FileKind
    ) throws(FileError) -> Int32 {
        guard BeneathResolver.isPlain(name) else { throw .outside }
        let opened = resolver.open(name, beneath: descriptor, flags: flags, links: links)
        if opened >= 0 { return opened }
        throw Self.error(-opened, expected: expected, found: kind(of: name))
    }

    /// The error that `code` of an attempt to open stands for; `found` is what the name itself is.
    private static func error(_ code: Int32, expected: FileKind, found: FileKind?) -> FileError {
        switch code {
        case ENOENT: .missing(expected: expected)
        case EACCES, EPERM: .denied(expected: expected)
        case EXDEV: .outside
        case ELOOP: .wrongKind(expected: expected, found: .symbolicLink)
        case ENOTDIR: .wrongKind(expected: .directory, found: found ?? .regular)
        case ENXIO: .wrongKind(expected: expected, found: found ?? .socket)
        default: .system(code)
        }
    }

    private static func status(of file: Int32) throws(FileError) -> stat {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw .system(errno) }
        return status
    }

    /// Whether a file still is what it was: same length and same times of its last changes.
    private static func isSame(_ left: stat, _ right: stat) -> Bool {
        left.st_size == right.st_size && left.st_mtim.tv_sec == right.st_mtim.tv_sec
            && left.st_mtim.tv_nsec == right.st_mtim.tv_nsec && left.st_ctim.tv_sec == right.st_ctim.tv_sec
            && left.st_ctim.tv_nsec == right.st_ctim.tv_nsec
    }

    /// Reads once; 0 at the file's end.
    private static func append(
        from file: Int32, atMost room: Int, to bytes: inout OwnedBytes
    ) throws(FileError) -> Int {
        var result = 0
        // Sound: the kernel writes at most the room's bytes.
        unsafe bytes.appendUninitialized(room) { target in
            repeat {
                result = unsafe Glibc.read(file, target.baseAddress, target.count)
            } while result < 0 && errno == EINTR
            return max(result, 0)
        }
        if result < 0 { throw .system(errno) }
        return result
    }
}
