import Glibc

/// Directories, read whole.
enum Directory {
    /// The entries' names, without the directory itself and its parent.
    static func names(in path: String) throws(BenchError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw BenchError("cannot read \(path)", errno: errno) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // The kernel ends the name with a zero; it is copied before the next call.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: Array(bytes).prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
