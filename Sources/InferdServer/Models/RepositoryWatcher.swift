import CLinux
import Glibc
import InferdBase

/// Waits for changes below the model repository, or for a word from the I/O thread.
///
/// It only says that something has changed: what, is found out by looking at all of it, so that neither an
/// event that was lost nor one that came twice does any harm.
final class RepositoryWatcher {
    /// What makes a version come, change or go.
    private static let interest = UInt32(
        IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF
            | IN_ATTRIB)

    private let path: String
    private let wake: Int32
    /// -1: the system gives no more of these; the repository is then looked at from time to time.
    private let descriptor: Int32

    /// - Parameter wake: ends a wait when it becomes readable.
    init(path: String, wake: Int32) {
        self.path = path
        self.wake = wake
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    }

    deinit {
        if descriptor >= 0 {
            closeDescriptor(descriptor)
        }
    }

    var isWatching: Bool { descriptor >= 0 }

    /// Watches the repository, its models' folders and their versions'. Watching again what is watched
    /// already changes nothing.
    func watch(_ folders: [String]) {
        guard descriptor >= 0 else { return }
        for folder in [""] + folders {
            let whole = folder.isEmpty ? path : "\(path)/\(folder)"
            _ = unsafe inotify_add_watch(descriptor, whole, Self.interest | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW))
        }
    }

    /// Waits for a change, for a word, or for the time to pass.
    /// - Parameter milliseconds: -1 waits without end.
    /// - Returns: whether the repository has changed.
    func wait(milliseconds: Int32) -> Bool {
        var watched = [
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&watched, 2, milliseconds)
        if watched[0].revents != 0 {
            inferd_wake_clear(wake)
        }
        return watched[1].revents != 0 && drain()
    }

    /// Reads all events there are; whether there were any.
    private func drain() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var hasEvents = false
        while unsafe read(descriptor, &buffer, buffer.count) > 0 {
            hasEvents = true
        }
        return hasEvents
    }
}
