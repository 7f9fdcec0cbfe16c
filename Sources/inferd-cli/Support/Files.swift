import Glibc

/// Whole files, read and written.
enum Files {
    /// Greatest number of bytes read from one file.
    static let maximumBytes = 1 << 30

    /// The name a message gives a path.
    static func displayName(_ path: String) -> String { path == "-" ? "standard input" : path }

    /// Reads a file, or standard input for `-`.
    static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        if path == "-" { return try read(STDIN_FILENO, name: "standard input") }
        // SAFETY: passes a path; the mode is not read without O_CREAT.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(.noInput, "cannot open \(path): \(reason(errno))")
        }
        defer { close(descriptor) }
        return try read(descriptor, name: path)
    }

    private static func read(_ descriptor: Int32, name: String) throws(CommandFailure) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            // SAFETY: the kernel writes at most as many bytes as the chunk has.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure(.noInput, "cannot read \(name): \(reason(errno))")
            }
            content += chunk[..<count]
            if content.count > maximumBytes {
                throw CommandFailure(.data, "\(name) is larger than \(maximumBytes >> 20) MiB")
            }
        }
    }

    /// Writes a file anew.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        // SAFETY: passes a path and the mode of a new file.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw CommandFailure(.output, "cannot write \(path): \(reason(errno))")
        }
        defer { close(descriptor) }
        try write(bytes, descriptor, name: path)
    }

    /// Makes a folder unless it is there.
    static func makeFolder(_ path: String) throws(CommandFailure) {
        // SAFETY: passes a path.
        guard unsafe mkdir(path, 0o777) != 0, errno != EEXIST else { return }
        throw CommandFailure(.output, "cannot make the folder \(path): \(reason(errno))")
    }

    /// Writes a result to standard output.
    static func print(_ text: String) throws(CommandFailure) {
        try write(Array(text.utf8), STDOUT_FILENO, name: "standard output")
    }

    /// Writes what is for a person, while a program may read the result, to standard error.
    static func printNote(_ text: String) throws(CommandFailure) {
        try write(Array(text.utf8), STDERR_FILENO, name: "standard error")
    }

    private static func write(_ bytes: [UInt8], _ descriptor: Int32, name: String) throws(CommandFailure) {
        var offset = 0
        while offset < bytes.count {
            // SAFETY: the range lies within the array.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress.map { unsafe $0 + offset }, $0.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure(.output, "cannot write \(name): \(reason(errno))")
            }
            offset += count
        }
    }

    static func reason(_ number: Int32) -> String {
        // SAFETY: glibc's strerror returns a NUL-terminated text that lives until this thread's next call.
        unsafe String(cString: strerror(number))
    }
}
