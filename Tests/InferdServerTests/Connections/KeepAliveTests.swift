import Foundation
import InferdBase
import InferdTestSupport
import Testing

/// A peer that vanishes without a word must not hold its place for ever.
struct KeepAliveTests {
    private static func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, level, name, &value, &length) == 0 ? value : nil
    }

    private static func port(
        _ descriptor: Int32, _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    )
        -> UInt16?
    {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call(descriptor, $0, &length) }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return UInt16(bigEndian: address.sin_port)
    }

    @Test func tcpConnectionsAreProbed() throws {
        let server = try TestServer()
        let client = try server.connectByTCP()
        #expect(try client.repliesBeforePing().isEmpty)
        let own = try #require(unsafe Self.port(client.socket.descriptor) { unsafe getsockname($0, $1, $2) })
        // The daemon's end is in this process too: the one whose peer is the client.
        let accepted = (0..<Int32(4096)).first { unsafe Self.port($0) { unsafe getpeername($0, $1, $2) } == own }
        let descriptor = try #require(accepted)
        #expect(Self.option(descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
        let idle = try #require(Self.option(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE))
        let interval = try #require(Self.option(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL))
        let probes = try #require(Self.option(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT))
        // Gone for certain within a few minutes.
        #expect(idle + interval * probes <= 300)
    }
}
