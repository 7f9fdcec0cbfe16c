import InferdBase

/// Where a daemon listens: `unix:PATH`, `tcp:HOST:PORT`, or `tcp:[IPV6]:PORT`.
public enum ServerAddress: Hashable, Sendable {
    /// A Unix socket by its path, absolute or relative to the working directory.
    case unix(path: String)
    /// A host name or numeric address without brackets, and a port other than 0.
    case tcp(host: String, port: UInt16)

    /// Reads the text form. Throws an `AddressError` that says what is missing.
    public init(parsing text: String) throws(AddressError) {
        let endpoint: Endpoint
        do throws(EndpointError) {
            endpoint = try Endpoint(parsing: text)
        } catch {
            throw AddressError(text: text, message: error.message)
        }
        switch endpoint {
        case .unix(let path):
            self = .unix(path: path)
        case .tcp(let host, let port):
            guard port > 0 else {
                throw AddressError(text: text, message: "the port in '\(text)' is 0, which nobody can connect to")
            }
            self = .tcp(host: host, port: port)
        }
    }

    /// The longest path a Unix socket's address has room for, in bytes.
    static let maximumPathBytes = Endpoint.pathBytes
}

extension ServerAddress: CustomStringConvertible {
    /// The text form, as `init(parsing:)` reads it.
    public var description: String {
        switch self {
        case .unix(let path): Endpoint.unix(path: path).description
        case .tcp(let host, let port): Endpoint.tcp(host: host, port: port).description
        }
    }
}
