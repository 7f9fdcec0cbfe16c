internal import Glibc
internal import InferdBase

/// The directory that a spool lies in, open for reading.
///
/// Any number of programs may have it open so, while one daemon writes. The descriptor is closed with the
/// last reference.
package final class SpoolDirectory: Sendable {
    let descriptor: Int32

    /// Opens the directory at `path`, which must be there.
    package init(path: String) throws(SpoolError) {
        guard !path.utf8.contains(0) else { throw .missing }
        // Sound: `open` reads the NUL-terminated string.
        let opened = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw SpoolError(.open, code: errno) }
        descriptor = opened
    }

    deinit {
        Self.close(descriptor)
    }

    /// The segments there are, by number. What is no segment is passed over.
    func segments() throws(SpoolError) -> [SegmentName] {
        var segments: [SegmentName] = []
        for entry in try entries(of: ".") {
            guard let hour = SpoolHour(name: entry) else { continue }
            do throws(SpoolError) {
                segments += try entries(of: entry).compactMap { SegmentName(hour: hour, file: $0) }
            } catch .missing {
                // Retention has emptied it since.
            }
        }
        return segments.sorted { $0.firstBlock < $1.firstBlock }
    }

    /// Opens the file `name`; the caller closes what is returned.
    func openFile(_ name: String) throws(SpoolError) -> Int32 {
        // Without O_NONBLOCK opening a FIFO that somebody put there waits for its writer.
        let flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC
        // Sound: `openat` reads the NUL-terminated string.
        let opened = unsafe openat(descriptor, name, flags)
        guard opened >= 0 else { throw SpoolError(.open, code: errno) }
        return opened
    }

    /// Bytes that an open file has now.
    static func size(of file: Int32) throws(SpoolError) -> Int {
        var status = stat()
        // Sound: fills the struct.
        guard unsafe fstat(file, &status) == 0 else { throw SpoolError(.read, code: errno) }
        return Int(status.st_size)
    }

    /// Replaces what `target` holds by up to `count` bytes of an open file; fewer when it ends before.
    static func read(
        _ file: Int32, at offset: Int, count: Int, into target: inout OwnedBytes
    ) throws(SpoolError) {
        target.removeAll()
        while target.count < count {
            let start = off_t(offset + target.count)
            var result = 0
            // Sound: the kernel writes at most the room's bytes.
            unsafe target.appendUninitialized(count - target.count) { room in
                repeat {
                    result = unsafe pread(file, room.baseAddress, room.count, start)
                } while result < 0 && errno == EINTR
                return max(result, 0)
            }
            if result < 0 { throw SpoolError(.read, code: errno) }
            if result == 0 { return }
        }
    }

    static func close(_ file: Int32) {
        Glibc.close(file)
    }

    private func entries(of name: String) throws(SpoolError) -> [String] {
        // Sound: `openat` reads the NUL-terminated string.
        let opened = unsafe openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else {
            // What has an hour's name and is no directory is not the spool's.
            if errno == ENOTDIR { return [] }
            throw SpoolError(.list, code: errno)
        }
        guard let stream = unsafe fdopendir(opened) else {
            let code = errno
            Self.close(opened)
            throw SpoolError(.list, code: code)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            // Sound: the entry is read before the next call on this stream, which is ours alone.
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw SpoolError(.list, code: errno) }
                return names
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                // The kernel ends the name with a NUL inside the field.
                unsafe String(cString: UnsafeRawPointer(field).assumingMemoryBound(to: CChar.self))
            }
            names.append(name)
        }
    }
}
