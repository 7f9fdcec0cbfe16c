import Glibc

/// A directory for sockets, logs and the probe model, removed with everything in it at the end.
final class ScratchDirectory {
    let path: String

    init() throws(BenchError) {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        // `mkdtemp` wants six letters X at the end and replaces them.
        var template = Array("\(parent)/inferd-bench.".utf8CString.dropLast()) + [CChar](repeating: 88, count: 6) + [0]
        guard let made = unsafe mkdtemp(&template) else { throw BenchError("mkdtemp", errno: errno) }
        path = unsafe String(cString: made)
    }

    deinit {
        Self.remove(path)
    }

    func makeDirectory(_ name: String) throws(BenchError) -> String {
        let directory = "\(path)/\(name)"
        if unsafe mkdir(directory, 0o755) != 0 { throw BenchError("cannot make \(directory)", errno: errno) }
        return directory
    }

    /// Follows no link: a link to a directory is no directory to `rmdir`, and is unlinked.
    private static func remove(_ path: String) {
        if unsafe unlink(path) == 0 { return }
        guard let directory = unsafe opendir(path) else { return }
        while let entry = unsafe readdir(directory) {
            // The kernel ends the name with a zero; it is copied before the next call.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes).prefix { $0 != 0 }
            }
            if name != [46], name != [46, 46] { remove("\(path)/\(String(decoding: name, as: UTF8.self))") }
        }
        unsafe closedir(directory)
        unsafe rmdir(path)
    }
}
