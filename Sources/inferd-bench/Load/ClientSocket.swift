import CLinux
import Glibc
import InferdBase

/// A connected stream socket.
struct ClientSocket: ~Copyable {
    let descriptor: Int32

    init(connectingTo endpoint: Endpoint) throws(BenchError) {
        switch endpoint {
        case .unix(let path): descriptor = try Self.connectUnix(path)
        case .tcp(_, let port): descriptor = try Self.connectLoopback(port)
        }
    }

    deinit {
        close(descriptor)
    }

    /// `Endpoint` has checked that the path fits.
    private static func connectUnix(_ path: String) throws(BenchError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            unsafe room.copyBytes(from: path.utf8.prefix(room.count - 1))
        }
        return try connect(family: AF_UNIX, to: address)
    }

    private static func connectLoopback(_ port: UInt16) throws(BenchError) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let descriptor = try connect(family: AF_INET, to: address)
        let outcome = inferd_set_no_delay(descriptor)
        if outcome < 0 {
            close(descriptor)
            throw BenchError("TCP_NODELAY", errno: -outcome)
        }
        return descriptor
    }

    private static func connect<Address>(family: Int32, to address: Address) throws(BenchError) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if descriptor < 0 { throw BenchError("socket", errno: errno) }
        // A socket address of any family begins as sockaddr does; the length says where this one ends.
        let outcome = unsafe withUnsafeBytes(of: address) { bytes in
            unsafe Glibc.connect(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        if outcome < 0 {
            let code = errno
            close(descriptor)
            throw BenchError("connect", errno: code)
        }
        return descriptor
    }
}
