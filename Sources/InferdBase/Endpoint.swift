/// Where a daemon listens and a client connects: `unix:PATH` or `tcp:HOST:PORT`.
package enum Endpoint: Sendable, Hashable {
    /// A socket in the file system; at most 107 bytes, the room `sockaddr_un` has.
    case unix(path: String)
    /// `host` is a name or an address; an IPv6 address stands in brackets in the text form. A listener
    /// on port 0 gets a free port.
    case tcp(host: String, port: UInt16)

    /// Bytes of a socket path, without the closing zero.
    package static let pathBytes = 107

    package init(parsing text: String) throws(EndpointError) {
        if let path = text.dropping(prefix: "unix:") {
            self = .unix(path: try Self.checkedPath(path, in: text))
        } else if let rest = text.dropping(prefix: "tcp:") {
            self = try Self.parseTCP(rest, in: text)
        } else {
            throw EndpointError("'\(text)' is no address: expected unix:PATH or tcp:HOST:PORT")
        }
    }

    private static func checkedPath(_ path: Substring, in text: String) throws(EndpointError) -> String {
        if path.isEmpty {
            throw EndpointError("'\(text)' names no path: expected unix:PATH")
        }
        if path.utf8.contains(0) {
            throw EndpointError("the path of a unix: address holds a zero byte")
        }
        if path.utf8.count > pathBytes {
            throw EndpointError("the path in '\(text)' has \(path.utf8.count) bytes; a socket's may have \(pathBytes)")
        }
        return String(path)
    }

    private static func parseTCP(_ rest: Substring, in text: String) throws(EndpointError) -> Endpoint {
        guard let colon = rest.lastIndex(of: ":") else {
            throw EndpointError("'\(text)' names no port: expected tcp:HOST:PORT")
        }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw EndpointError("the IPv6 address in '\(text)' needs brackets: tcp:[ADDRESS]:PORT")
        }
        if host.isEmpty || host.utf8.contains(0) {
            throw EndpointError("'\(text)' names no host: expected tcp:HOST:PORT")
        }
        let digits = rest[rest.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let port = UInt16(digits) else {
            throw EndpointError("the port in '\(text)' is not a number from 0 to 65535")
        }
        return .tcp(host: String(host), port: port)
    }
}

extension Endpoint: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
        }
    }
}

/// Why a text is no address, as one sentence.
package struct EndpointError: Error, Equatable, CustomStringConvertible {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}

extension String {
    fileprivate func dropping(prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
