import Glibc

/// Tells on standard error what is being measured, so that standard output holds the table alone.
enum Progress {
    static func tell(_ text: String) {
        let line = Array("inferd-bench: \(text)\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
