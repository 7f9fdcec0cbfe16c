import Glibc

/// The right to replace or remove socket files in a folder, among daemons: whether a socket is stale, its
/// removal and the making of another are three steps. The folder itself is locked (flock), so that no file
/// is left behind, and the system lets go of it when the process ends.
struct FolderLock: ~Copyable {
    private static let pollMicroseconds: UInt32 = 5_000

    private let descriptor: Int32
    /// Somebody else holds it still. Where a folder cannot be locked at all, nobody does.
    let isBusy: Bool

    /// - Parameters:
    ///   - path: of a file in the folder.
    ///   - patience: how long to wait for another who holds it.
    init(folderOf path: String, milliseconds patience: UInt32) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        var isBusy = false
        if descriptor >= 0 {
            var waited: UInt32 = 0
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else { break }
                isBusy = waited >= patience * 1000
                if isBusy { break }
                usleep(Self.pollMicroseconds)
                waited += Self.pollMicroseconds
            }
        }
        self.isBusy = isBusy
    }

    deinit {
        if descriptor >= 0 {
            closeDescriptor(descriptor)
        }
    }
}
