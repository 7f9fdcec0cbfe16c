internal import Glibc
internal import InferdBase
internal import Synchronization

/// The directory of the rings, which one process holds at a time.
///
/// Beside rings it holds the file `lock`. The lock lasts as long as the value, and ends with the process
/// whatever ends it.
package struct RingDirectory: ~Copyable, Sendable {
    private let descriptor: Int32
    private let lock: Int32
    private let handle: DirectoryHandle
    private let hasMadeRings = Atomic(false)

    /// Opens the directory, making it if it is not there, and locks it.
    package init(path: String) throws(RingError) {
        // Sound: `mkdir` reads the NUL-terminated string.
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system(call: "mkdir", code: errno) }
        let opened: DirectoryHandle
        do { opened = try DirectoryHandle(path: path) } catch { throw .directory(error) }
        // Sound: `open` reads the NUL-terminated string.
        let directory = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .system(call: "open", code: errno) }
        let locked: Int32
        do { locked = try Self.lock(in: directory) } catch {
            close(directory)
            throw error
        }
        handle = opened
        descriptor = directory
        lock = locked
    }

    private static func lock(in directory: Int32) throws(RingError) -> Int32 {
        // Sound: `openat` reads the NUL-terminated string.
        let file = unsafe openat(directory, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(call: "openat", code: errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            throw code == EWOULDBLOCK ? .directoryInUse : .system(call: "flock", code: code)
        }
        return file
    }

    deinit {
        close(lock)
        close(descriptor)
    }

    /// Makes a ring for a producer of this process. Its file appears under its name when it is whole, and
    /// takes no other's place.
    /// - Parameter capacity: bytes for records; a power of two from 1,024 to 2^30.
    package func makeRing(_ identity: RingIdentity, capacity: Int) throws(RingError) -> RingFile {
        hasMadeRings.store(true, ordering: .relaxed)
        let unfinished = identity.unfinishedFileName
        let file = unsafe openat(descriptor, unfinished, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(call: "openat", code: errno) }
        defer { close(file) }
        // Gone either way: the whole ring has its own name by then.
        defer { unsafe unlinkat(descriptor, unfinished, 0) }
        let ring = try RingFile(formatting: file, identity: identity, capacity: capacity)
        guard unsafe linkat(descriptor, unfinished, descriptor, ring.name, 0) == 0 else {
            throw .system(call: "linkat", code: errno)
        }
        return ring
    }

    /// Opens and recovers all rings that are there, whichever life of the daemon and whatever producer made
    /// them; those with nothing to deliver are removed. To be called once, before any ring is made: what is
    /// recovered has no producer any more.
    package func recover() throws(RingError) -> RecoveredRings {
        precondition(!hasMadeRings.load(ordering: .relaxed), "rings are recovered before the first is made")
        let entries: [DirectoryEntry]
        do { entries = try handle.entries() } catch { throw .directory(error) }
        var recovered = RecoveredRings()
        for entry in entries {
            if entry.name.hasSuffix(RingIdentity.unfinishedSuffix) {
                // Never was a ring: the process ended while it was made.
                try unlink(entry.name)
            } else if entry.name.hasSuffix(RingIdentity.suffix) {
                do throws(RingError) {
                    try keep(try recover(entry.name), in: &recovered)
                } catch {
                    recovered.refused.append(RefusedRing(name: entry.name, reason: error))
                }
            }
        }
        return recovered
    }

    private func recover(_ name: String) throws(RingError) -> RingFile {
        // Without O_NONBLOCK opening a FIFO would wait for its other end.
        let file = unsafe openat(descriptor, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw .system(call: "openat", code: errno) }
        defer { close(file) }
        return try RingFile(recovering: file, name: name)
    }

    private func keep(_ ring: RingFile, in recovered: inout RecoveredRings) throws(RingError) {
        guard let recovery = ring.recovery else { return }
        recovered.total.add(recovery)
        if recovery.replayable > 0 {
            recovered.rings.append(ring)
        } else {
            try unlink(ring.name)
        }
    }

    /// Removes a ring's file. What is not delivered by then is lost.
    package func remove(_ ring: RingFile) throws(RingError) {
        try unlink(ring.name)
    }

    private func unlink(_ name: String) throws(RingError) {
        guard unsafe unlinkat(descriptor, name, 0) == 0 else { throw .system(call: "unlinkat", code: errno) }
    }

    /// Has the names of the rings written to the disk, and waits for it.
    package func synchronize() throws(RingError) {
        guard fsync(descriptor) == 0 else { throw .system(call: "fsync", code: errno) }
    }
}
