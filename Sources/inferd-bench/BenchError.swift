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
        // The text lies in the buffer or is constant; it is copied before either could go.
        let text = unsafe buffer.withUnsafeMutableBufferPointer { room in
            guard let text = unsafe strerror_r(code, room.baseAddress, room.count) else { return "error \(code)" }
            return unsafe String(cString: text)
        }
        description = "\(call): \(text)"
    }
}
