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
        for name in (try? Directory.names(in: path)) ?? [] { remove("\(path)/\(name)") }
        unsafe rmdir(path)
    }
}
