import Foundation

/// A folder of its own for one test, removed with everything in it when the value goes.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        // Short, because a socket's path may have 107 bytes only.
        var template = Array("\(NSTemporaryDirectory())inferd-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer {
            unsafe $0.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
        }
        guard made else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package func appending(_ name: String) -> String {
        "\(path)/\(name)"
    }
}
