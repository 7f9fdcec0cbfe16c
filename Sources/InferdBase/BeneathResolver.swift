internal import CLinux
internal import Glibc

/// How a name is followed beneath a directory without leaving it.
package enum BeneathResolver: Sendable, CaseIterable {
    /// By the kernel in one call; where it does not offer that, `stepwise`.
    case kernel
    /// One component after the other, each opened without following links.
    case stepwise

    /// Links followed before the walk is given up, as the kernel's own limit.
    private static let maximumLinks = 40

    /// Whether `name` is relative and made of plain components only.
    static func isPlain(_ name: String) -> Bool {
        !name.utf8.contains(0)
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { component in
                !component.isEmpty && component != "." && component != ".."
            }
    }

    /// Opens `name`, which is plain, beneath `directory`; returns a descriptor or a negative errno.
    func open(_ name: String, beneath directory: Int32, flags: Int32, links: DirectoryHandle.Links) -> Int32 {
        if self == .kernel {
            // Sound: the call reads the NUL-terminated string.
            let opened = unsafe inferd_open_beneath(directory, name, flags, links == .beneath)
            // EPERM: what filters of system calls answer for calls they do not know. Should it be the
            // file's own, the walk below meets it again.
            if opened != -ENOSYS && opened != -EPERM { return opened }
        }
        let components = name.split(separator: "/").map(String.init)
        switch links {
        case .refused:
            return Self.walk(components, beneath: directory, flags: flags)
        case .beneath:
            switch Self.resolve(components, beneath: directory) {
            case .success(let resolved): return Self.walk(resolved, beneath: directory, flags: flags)
            case .failure(let failure): return -failure.code
            }
        }
    }

    /// Opens each component in turn, none of which may be a link.
    private static func walk(_ components: [String], beneath directory: Int32, flags: Int32) -> Int32 {
        var current = directory
        defer { if current != directory { close(current) } }
        for (index, component) in components.enumerated() {
            let isLast = index == components.count - 1
            // Sound: both calls read the NUL-terminated string.
            let next =
                isLast
                ? openNotFollowing(component, beneath: current, flags: flags)
                : unsafe inferd_open_step(current, component)
            if next < 0 {
                // O_DIRECTORY hides that it was a link.
                return next == -ENOTDIR && readLink(component, beneath: current) != nil ? -ELOOP : next
            }
            if isLast { return next }
            if current != directory { close(current) }
            current = next
        }
        return -ENOENT
    }

    private static func openNotFollowing(_ name: String, beneath directory: Int32, flags: Int32) -> Int32 {
        let opened = unsafe openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC)
        return opened >= 0 ? opened : -errno
    }

    private struct Failure: Error {
        let code: Int32
    }

    /// Replaces links by what they name. Nothing rests on the result being true still: the walk over
    /// it follows no link.
    private static func resolve(_ components: [String], beneath directory: Int32) -> Result<[String], Failure> {
        var resolved: [String] = []
        var pending = Array(components.reversed())
        var links = 0
        while let component = pending.popLast() {
            if component == "." || component == ".." {
                // Only a directory has these, as the kernel sees it too.
                let code = directoryError(resolved.joined(separator: "/"), beneath: directory)
                if code != 0 { return .failure(Failure(code: code)) }
                if component == "..", resolved.popLast() == nil { return .failure(Failure(code: EXDEV)) }
                continue
            }
            let path = (resolved + [component]).joined(separator: "/")
            guard let target = readLink(path, beneath: directory) else {
                resolved.append(component)
                continue
            }
            links += 1
            if links > maximumLinks { return .failure(Failure(code: ELOOP)) }
            if target.hasPrefix("/") { return .failure(Failure(code: EXDEV)) }
            pending.append(contentsOf: target.split(separator: "/").reversed().map(String.init))
        }
        return .success(resolved)
    }

    /// 0 when `path` is a directory; otherwise the errno of passing through it. Empty: `directory` itself.
    private static func directoryError(_ path: String, beneath directory: Int32) -> Int32 {
        if path.isEmpty { return 0 }
        var status = stat()
        // Sound: `fstatat` reads the NUL-terminated string and fills the struct.
        guard unsafe fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return errno }
        return FileKind(mode: status.st_mode) == .directory ? 0 : ENOTDIR
    }

    /// What the link `path` names; nil when it is no link.
    private static func readLink(_ path: String, beneath directory: Int32) -> String? {
        let capacity = Int(PATH_MAX)
        // Sound: `readlinkat` writes at most `capacity` bytes and returns how many.
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            guard let room = buffer.baseAddress else { return nil }
            let length = unsafe readlinkat(directory, path, room, capacity)
            guard length > 0 else { return nil }
            return unsafe String(decoding: UnsafeRawBufferPointer(start: room, count: length), as: UTF8.self)
        }
    }
}
