import Glibc
import InferdBase

extension StreamSocket {
    /// Connects before the deadline, or throws `ClientError.unreachable`. Looking up a host's name takes
    /// as long as the system's resolver does; name an address where that matters.
    static func connect(to address: ServerAddress, until deadline: MonotonicTime) throws(ClientError) -> StreamSocket {
        switch address {
        case .unix(let path): try connectUnix(path, address, deadline)
        case .tcp(let host, let port): try connectTCP(host, port, address, deadline)
        }
    }

    private static func connectUnix(
        _ path: String, _ address: ServerAddress, _ deadline: MonotonicTime
    ) throws(ClientError) -> StreamSocket {
        guard path.utf8.count <= ServerAddress.maximumPathBytes, !path.utf8.contains(0) else {
            throw .unreachable(address: address, reason: "the path is too long for a Unix socket")
        }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the path was just checked to leave room for the final NUL of the zeroed field.
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { room in
            unsafe room.copyBytes(from: path.utf8)
        }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        while true {
            let socket = try open(AF_UNIX, address)
            // SAFETY: `name` is a whole sockaddr_un for the time of the call.
            let failure = unsafe withUnsafeBytes(of: &name) { unsafe socket.begin($0.baseAddress, length) }
            if failure == 0 { return socket }
            guard failure == EAGAIN else {
                throw .unreachable(address: address, reason: reason(failure, path: path))
            }
            // The listener's backlog is full, which a Unix socket cannot be polled for.
            if MonotonicTime.now() >= deadline {
                throw .unreachable(address: address, reason: "it accepts no connection in time")
            }
            usleep(2_000)
        }
    }

    private static func connectTCP(
        _ host: String, _ port: UInt16, _ address: ServerAddress, _ deadline: MonotonicTime
    ) throws(ClientError) -> StreamSocket {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        // SAFETY: the list belongs to us from here on and is freed once, below.
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        if status != 0 {
            // SAFETY: gai_strerror returns a constant text.
            let text = unsafe String(cString: gai_strerror(status))
            throw .unreachable(address: address, reason: "the host's name is not known (\(text))")
        }
        defer { unsafe freeaddrinfo(list) }
        var failure = ECONNREFUSED
        var entry = unsafe list
        // SAFETY: walks the list the system made, within its lifetime.
        while let current = unsafe entry {
            let info = unsafe current.pointee
            unsafe entry = info.ai_next
            let socket = try open(unsafe info.ai_family, address)
            failure = unsafe socket.begin(UnsafeRawPointer(info.ai_addr), info.ai_addrlen)
            if failure == EINPROGRESS {
                failure = try socket.finish(address, deadline)
            }
            if failure == 0 {
                socket.disableDelay()
                return socket
            }
        }
        throw .unreachable(address: address, reason: reason(failure, path: nil))
    }

    private static func open(_ family: Int32, _ address: ServerAddress) throws(ClientError) -> StreamSocket {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        if descriptor < 0 {
            throw .unreachable(address: address, reason: SystemError(number: errno).reason)
        }
        return StreamSocket(adopting: descriptor)
    }

    /// Begins to connect; returns 0 or the error's number.
    @unsafe
    private func begin(_ name: UnsafeRawPointer?, _ length: socklen_t) -> Int32 {
        guard let name = unsafe name else { return EINVAL }
        while true {
            let result = unsafe Glibc.connect(descriptor, name.assumingMemoryBound(to: sockaddr.self), length)
            if result == 0 { return 0 }
            if errno != EINTR { return errno }
        }
    }

    /// Waits for a connection in progress; returns 0 or the error's number.
    private func finish(_ address: ServerAddress, _ deadline: MonotonicTime) throws(ClientError) -> Int32 {
        do {
            guard try wait(for: .writable, until: deadline) else { return ETIMEDOUT }
        } catch {
            return error.number
        }
        var failure: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: the option is an int, and its length is passed along.
        let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        return result == 0 ? failure : errno
    }

    /// Requests are small and someone waits for each: they must not wait for company.
    private func disableDelay() {
        var on: Int32 = 1
        // SAFETY: the option is an int. Failing costs latency only.
        _ = unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// What a person can do about a failed connect.
    private static func reason(_ failure: Int32, path: String?) -> String {
        switch failure {
        case ENOENT, ENOTDIR: return "no such socket; is inferd running, and is this its --listen address?"
        case EACCES, EPERM: return "permission denied; the socket is for its owner and group only"
        case EPROTOTYPE: return "the socket is of another type; is this inferd's?"
        case ETIMEDOUT: return "it does not answer in time"
        case ECONNREFUSED:
            if let path, !isSocket(path) { return "the file is not a socket" }
            return "nothing listens there; is inferd running?"
        default: return SystemError(number: failure).reason
        }
    }

    private static func isSocket(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: fills a stat on the stack.
        guard unsafe stat(path, &status) == 0 else { return true }
        return status.st_mode & S_IFMT == S_IFSOCK
    }
}
