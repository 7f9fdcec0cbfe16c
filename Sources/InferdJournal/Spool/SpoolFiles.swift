/// What the spool's writer asks of the file system. Paths lie beneath the spool's directory. Every call
/// may fail at any time; tests have them fail on purpose.
package protocol SpoolFiles {
    /// Makes a directory, unless it is there.
    func makeDirectory(_ path: String) throws(SpoolError)

    /// Makes a file that is not there yet, for writing. The caller closes it.
    func create(_ path: String) throws(SpoolError) -> Int32

    /// Opens a file that is there for writing. The caller closes it.
    func openForWriting(_ path: String) throws(SpoolError) -> Int32

    /// Writes a part of `bytes` that begins with the first, at `offset`; says how many.
    func write(_ bytes: RawSpan, to file: Int32, at offset: Int) throws(SpoolError) -> Int

    /// Cuts what a file holds beyond `length`.
    func truncate(_ file: Int32, to length: Int) throws(SpoolError)

    /// Has the disk hold what was written. When it fails, nothing is known of what the disk holds.
    func sync(_ file: Int32) throws(SpoolError)

    /// Has the disk hold a directory's names.
    func syncDirectory(_ path: String) throws(SpoolError)

    func close(_ file: Int32)

    /// Gives a file another's name, which then is that other no more.
    func rename(_ path: String, to other: String) throws(SpoolError)

    func remove(_ path: String) throws(SpoolError)

    /// Removes a directory that is empty.
    func removeDirectory(_ path: String) throws(SpoolError)
}

extension SpoolFiles {
    /// Writes all of `bytes` at `offset`, in as many parts as it takes.
    func writeAll(_ bytes: RawSpan, to file: Int32, at offset: Int) throws(SpoolError) {
        var written = 0
        while written < bytes.byteCount {
            let part = try write(bytes.extracting(droppingFirst: written), to: file, at: offset + written)
            // A file system that takes nothing and says nothing has no room.
            guard part > 0 else { throw .diskFull }
            written += part
        }
    }

    /// Puts a file of these bytes in the place of `path` in one step: whoever opens it finds the one or the
    /// other, whole. `syncs`: also after the machine has lost its power.
    func replace(_ path: String, with bytes: RawSpan, syncs: Bool) throws(SpoolError) {
        let draft = path + ".new"
        try removeIfPresent(draft)
        let file = try create(draft)
        do throws(SpoolError) {
            try writeAll(bytes, to: file, at: 0)
            if syncs { try sync(file) }
        } catch {
            close(file)
            throw error
        }
        close(file)
        try rename(draft, to: path)
        if syncs { try syncDirectory(".") }
    }

    /// Removes a file, or finds it gone.
    func removeIfPresent(_ path: String) throws(SpoolError) {
        do throws(SpoolError) {
            try remove(path)
        } catch .missing {
            // As it should be.
        }
    }
}
