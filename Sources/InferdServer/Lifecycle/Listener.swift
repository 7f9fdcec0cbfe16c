import CLinux
import Glibc
import InferdBase

/// A socket that accepts connections.
struct Listener {
    /// Where it listens; a port of 0 has been replaced by the one the system gave.
    let endpoint: Endpoint
    let descriptor: Int32
    /// Device and inode of a Unix socket's file, so that only our own is removed.
    private let file: FileIdentity?

    private struct FileIdentity: Equatable {
        let device: UInt
        let inode: UInt

        init?(path: String) {
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { return nil }
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
        }
    }

    static let backlog: Int32 = 1024
    /// How long another daemon's start in the same folder may take; after that it is no daemon's.
    private static let lockMilliseconds: UInt32 = 10_000

    init(_ endpoint: Endpoint, allowRemote: Bool) throws(ServerError) {
        switch endpoint {
        case .unix(let path):
            (descriptor, file) = try Self.listen(path: path)
            self.endpoint = endpoint
        case .tcp(let host, let port):
            (descriptor, self.endpoint) = try Self.listen(host: host, port: port, allowRemote: allowRemote)
            file = nil
        }
    }

    var isTCP: Bool {
        if case .tcp = endpoint { true } else { false }
    }

    /// Stops listening; removes a Unix socket's file if it is still the one made here.
    func close() {
        guard case .unix(let path) = endpoint, let file else {
            closeDescriptor(descriptor)
            return
        }
        // Another daemon that starts here finds the file stale and removes it itself.
        let lock = FolderLock(folderOf: path, milliseconds: 0)
        closeDescriptor(descriptor)
        if !lock.isBusy, FileIdentity(path: path) == file {
            _ = unsafe unlink(path)
        }
    }

    // Unix sockets.

    private static func listen(path: String) throws(ServerError) -> (Int32, FileIdentity?) {
        // Held until the socket listens: before that others would take it for stale.
        let lock = FolderLock(folderOf: path, milliseconds: lockMilliseconds)
        defer { extendLifetime(lock) }
        try removeStaleSocket(path)
        let descriptor = try makeSocket(AF_UNIX)
        var address = unixAddress(path)
        let failure = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? 0 : errno
            }
        }
        guard failure == 0 else {
            closeDescriptor(descriptor)
            throw .system("cannot listen on unix:\(path)", errno: failure)
        }
        do throws(ServerError) {
            // Nobody can connect before it listens. Not by the process's mask, which is every thread's.
            guard unsafe fchmodat(AT_FDCWD, path, 0o660, AT_SYMLINK_NOFOLLOW) == 0 else {
                let failure = errno
                closeDescriptor(descriptor)
                throw .system("cannot set who may connect to unix:\(path)", errno: failure)
            }
            try startListening(descriptor, "unix:\(path)")
        } catch {
            _ = unsafe unlink(path)
            throw error
        }
        return (descriptor, FileIdentity(path: path))
    }

    /// Removes a socket file that nobody listens on. Anything else at the path is left alone and is an
    /// error.
    private static func removeStaleSocket(_ path: String) throws(ServerError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .system("cannot look at \(path)", errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ServerError("\(path) exists and is no socket: remove it or listen elsewhere")
        }
        let probe = try makeSocket(AF_UNIX)
        defer { closeDescriptor(probe) }
        var address = unixAddress(path)
        let failure = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(probe, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? 0 : errno
            }
        }
        switch failure {
        case ECONNREFUSED:
            guard unsafe unlink(path) == 0 else {
                throw .system("cannot remove the stale socket \(path)", errno: errno)
            }
        case 0, EAGAIN:
            throw ServerError("another process listens on unix:\(path)")
        case ENOENT:
            return
        default:
            throw .system("cannot tell whether unix:\(path) is in use", errno: failure)
        }
    }

    private static func unixAddress(_ path: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        // `Endpoint` has checked the length; the closing zero is there already.
        precondition(bytes.count <= Endpoint.pathBytes)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return address
    }

    // TCP.

    /// Throws what opening the listener would throw for its address alone; opens nothing.
    static func check(_ endpoint: Endpoint, allowRemote: Bool) throws(ServerError) {
        guard case .tcp(let host, let port) = endpoint else { return }
        unsafe try withAddress(host: host, port: port, allowRemote: allowRemote) { _ in }
    }

    private static func listen(
        host: String, port: UInt16, allowRemote: Bool
    ) throws(ServerError) -> (Int32, Endpoint) {
        unsafe try withAddress(host: host, port: port, allowRemote: allowRemote) { (address) throws(ServerError) in
            let place = Endpoint.tcp(host: host, port: port)
            let descriptor = unsafe try makeSocket(address.ai_family)
            var on: Int32 = 1
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
            guard unsafe bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
                let failure = errno
                closeDescriptor(descriptor)
                throw .system("cannot listen on \(place)", errno: failure)
            }
            try startListening(descriptor, "\(place)")
            return (descriptor, .tcp(host: host, port: boundPort(descriptor) ?? port))
        }
    }

    /// Calls `body` with the address to bind, which lives until it returns.
    @unsafe
    private static func withAddress<Value>(
        host: String, port: UInt16, allowRemote: Bool, _ body: (addrinfo) throws(ServerError) -> Value
    ) throws(ServerError) -> Value {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>? = nil
        let failure = unsafe getaddrinfo(host, String(port), &hints, &found)
        let place = Endpoint.tcp(host: host, port: port)
        guard failure == 0, let first = unsafe found else {
            let reason = unsafe String(cString: gai_strerror(failure))
            throw ServerError("cannot find the address of \(place): \(reason)")
        }
        defer { unsafe freeaddrinfo(found) }
        let generic = unsafe first.pointee.ai_addr
        guard let generic = unsafe generic else {
            throw ServerError("cannot find the address of \(place)")
        }
        guard unsafe allowRemote || isLoopback(generic) else {
            throw ServerError(
                "\(place) can be reached from other hosts, without encryption or a token: "
                    + "listen on 127.0.0.1, or set allow_remote: true")
        }
        return unsafe try body(first.pointee)
    }

    private static func isLoopback(_ address: UnsafeMutablePointer<sockaddr>) -> Bool {
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET:
            unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                unsafe UInt32(bigEndian: address.pointee.sin_addr.s_addr) >> 24 == 127
            }
        case AF_INET6:
            unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                unsafe withUnsafeBytes(of: address.pointee.sin6_addr) { bytes in
                    unsafe bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
                }
            }
        default:
            false
        }
    }

    private static func boundPort(_ descriptor: Int32) -> UInt16? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard unsafe getsockname(descriptor, generic, &length) == 0 else { return nil }
                // Port and family lie at the same place for both versions of IP.
                return unsafe generic.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    unsafe UInt16(bigEndian: address.pointee.sin_port)
                }
            }
        }
    }

    // Both.

    private static func makeSocket(_ family: Int32) throws(ServerError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        if descriptor < 0 {
            throw .system("cannot make a socket", errno: errno)
        }
        return descriptor
    }

    private static func startListening(_ descriptor: Int32, _ place: String) throws(ServerError) {
        guard Glibc.listen(descriptor, backlog) == 0 else {
            let failure = errno
            closeDescriptor(descriptor)
            throw .system("cannot listen on \(place)", errno: failure)
        }
    }
}
