import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdServer

struct ListenerTests {
    /// What became of a listener that a thread of its own makes.
    private final class Attempt: Sendable {
        private let result = Locked<Result<Listener, ServerError>?>(nil)

        init(path: String) {
            Thread.detachNewThread { [self] in
                let made = Result { () throws(ServerError) in
                    try Listener(.unix(path: path), allowRemote: false)
                }
                result.withLock { $0 = made }
            }
        }

        /// nil while it waits.
        var outcome: Result<Listener, ServerError>? { result.withLock { $0 } }

        func wait(seconds: Double) -> Result<Listener, ServerError>? {
            let end = Date(timeIntervalSinceNow: seconds)
            while outcome == nil, Date.now < end { usleep(1_000) }
            return outcome
        }
    }

    /// Leaves a socket's file on which nobody listens.
    private func leaveStaleSocket(at path: String) throws {
        let listener = try Listener(.unix(path: path), allowRemote: false)
        closeDescriptor(listener.descriptor)
    }

    @Test func staleSocketIsReplaced() throws {
        let directory = try TemporaryDirectory()
        let path = directory.appending("s")
        try leaveStaleSocket(at: path)
        let listener = try Listener(.unix(path: path), allowRemote: false)
        #expect(throws: Never.self) { try FrameSocket(path: path) }
        let error = #expect(throws: ServerError.self) { try Listener(.unix(path: path), allowRemote: false) }
        #expect(error?.message.contains("another process listens") == true)
        listener.close()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// Both find the same stale socket; the later must not remove what the earlier put in its place.
    @Test func ofTwoThatStartAtOnceTheLaterWaits() throws {
        let directory = try TemporaryDirectory()
        let path = directory.appending("s")
        try leaveStaleSocket(at: path)
        // The earlier one, in the midst of its start.
        let folder = unsafe open(directory.path, O_RDONLY | O_DIRECTORY)
        defer { close(folder) }
        #expect(flock(folder, LOCK_EX) == 0)
        let later = Attempt(path: path)
        #expect(later.wait(seconds: 0.2) == nil)
        _ = unsafe unlink(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let failure = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(failure == 0 && listen(descriptor, 8) == 0)
        flock(folder, LOCK_UN)
        guard case .failure(let error) = later.wait(seconds: 20) else {
            Issue.record("two daemons listen at one place")
            return
        }
        #expect(error.message.contains("another process listens"), "\(error)")
        #expect(throws: Never.self) { try FrameSocket(path: path) }
    }
}
