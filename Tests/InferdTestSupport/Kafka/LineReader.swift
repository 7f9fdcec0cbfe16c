import Foundation
import InferdBase

/// Lines of a process's output, one after the other.
final class LineReader: Sendable {
    struct EndOfOutput: Error {}

    private let handle: FileHandle
    private let rest = Locked(Data())

    init(_ handle: FileHandle) {
        self.handle = handle
    }

    /// Waits for the next whole line.
    func next() throws -> String {
        try rest.withLock { rest in
            while true {
                if let end = rest.firstIndex(of: 0x0A) {
                    defer { rest.removeSubrange(rest.startIndex...end) }
                    return String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                }
                let more = handle.availableData
                guard !more.isEmpty else { throw EndOfOutput() }
                rest.append(more)
            }
        }
    }
}
