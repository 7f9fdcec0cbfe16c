import Glibc

/// Why a benchmark could not be run, as one sentence that says what to do where something can be done.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// What the system call `call` failed with.
    init(_ call: String, errno code: Int32) {
        var buffer = [CChar](repeating: 0, count: 128)
        // The POSIX form: it writes the text and a zero into the buffer.
        let failed = unsafe strerror_r(code, &buffer, buffer.count) != 0
        let text = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        description = "\(call): \(failed ? "error \(code)" : String(decoding: text, as: UTF8.self))"
    }
}
