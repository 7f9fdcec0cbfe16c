import Glibc

/// Files, read and written whole.
enum WholeFile {
    static func read(_ path: String) throws(BenchError) -> String {
        String(decoding: try readBytes(path), as: UTF8.self)
    }

    static func readBytes(_ path: String) throws(BenchError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw BenchError("cannot read \(path)", errno: errno) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { room in
                unsafe Glibc.read(descriptor, room.baseAddress, room.count)
            }
            if count < 0 { throw BenchError("cannot read \(path)", errno: errno) }
            if count == 0 { return content }
            content += buffer[..<count]
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws(BenchError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw BenchError("cannot write \(path)", errno: errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 { throw BenchError("cannot write \(path)", errno: errno) }
            rest = rest.dropFirst(count)
        }
    }
}
