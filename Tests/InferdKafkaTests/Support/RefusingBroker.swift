import Foundation
import InferdBase

/// A broker that speaks just enough of the protocol to refuse everybody's password.
final class RefusingBroker: Sendable {
    private enum Request: UInt16 {
        case saslHandshake = 17
        case apiVersions = 18
        case saslAuthenticate = 36
    }

    /// The protocol's numbers for what is answered.
    private static let unsupportedVersion: UInt16 = 35
    private static let authenticationFailed: UInt16 = 58

    /// `host:port` to reach it at.
    let address: String
    private let listener: Int32
    private let connections = Locked<[Int32]>([])

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listener, generic, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        self.listener = listener
        address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        Thread.detachNewThread { [connections] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                connections.withLock { $0.append(connection) }
                Thread.detachNewThread { Self.serve(connection) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        connections.withLock { for connection in $0 { shutdown(connection, Int32(SHUT_RDWR)) } }
    }

    private static func serve(_ connection: Int32) {
        let handle = FileHandle(fileDescriptor: connection, closeOnDealloc: true)
        while let size = try? handle.read(upToCount: 4), size.count == 4,
            let request = try? handle.read(upToCount: Int(number(size, bytes: 4))), request.count >= 8,
            let answer = answer(to: request)
        {
            var message = bigEndian(UInt32(answer.count + 4))
            message.append(request[(request.startIndex + 4)..<(request.startIndex + 8)])
            message.append(answer)
            guard (try? handle.write(contentsOf: message)) != nil else { return }
        }
    }

    /// The body of the answer; nil: the connection ends.
    private static func answer(to request: Data) -> Data? {
        let version = number(request.dropFirst(2), bytes: 2)
        switch Request(rawValue: UInt16(number(request, bytes: 2))) {
        case .apiVersions:
            // Each request with the first and the last version of it.
            let ranges: [(UInt16, UInt16, UInt16)] = [(0, 0, 7), (3, 0, 4), (17, 0, 1), (18, 0, 0), (36, 0, 0)]
            var body = bigEndian(version == 0 ? 0 : unsupportedVersion) + bigEndian(UInt32(ranges.count))
            for (key, first, last) in ranges { body += bigEndian(key) + bigEndian(first) + bigEndian(last) }
            return body
        case .saslHandshake:
            return bigEndian(UInt16(0)) + bigEndian(UInt32(1)) + text("PLAIN")
        case .saslAuthenticate:
            return bigEndian(authenticationFailed) + text("go away") + bigEndian(UInt32(0))
        case nil:
            return nil
        }
    }

    private static func number(_ bytes: Data, bytes count: Int) -> UInt32 {
        bytes.prefix(count).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func text(_ text: String) -> Data {
        bigEndian(UInt16(text.utf8.count)) + Data(text.utf8)
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> Data {
        unsafe withUnsafeBytes(of: number.bigEndian) { unsafe Data($0) }
    }
}
