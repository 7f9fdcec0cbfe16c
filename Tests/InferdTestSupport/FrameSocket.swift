import Foundation
import InferdBase
package import InferdWire

/// A client's side of a connection, byte by byte, for tests that send what no client would.
package final class FrameSocket {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    package let descriptor: Int32
    private var received: [UInt8] = []

    /// One end of a pair; the other is the caller's.
    package static func pair() throws -> (socket: FrameSocket, other: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw Failure(description: "cannot make a pair of sockets")
        }
        return (FrameSocket(connected: ends[0]), ends[1])
    }

    private init(connected: Int32) {
        descriptor = connected
    }

    /// Connects to a Unix socket.
    package init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result != 0 {
            let reason = unsafe String(cString: strerror(errno))
            throw Failure(description: "cannot connect: \(reason)")
        }
        setTimeout(seconds: 20)
    }

    /// Connects to a port of 127.0.0.1.
    package init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 {
            let reason = unsafe String(cString: strerror(errno))
            throw Failure(description: "cannot connect: \(reason)")
        }
        setTimeout(seconds: 20)
    }

    deinit {
        close(descriptor)
    }

    /// How long a read waits for the next byte.
    package func setTimeout(seconds: Int = 0, milliseconds: Int = 0) {
        var timeout = timeval(tv_sec: seconds, tv_usec: milliseconds * 1000)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    /// How long a send waits for room.
    package func setSendTimeout(milliseconds: Int) {
        var timeout = timeval(tv_sec: 0, tv_usec: milliseconds * 1000)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let rest = unsafe bytes.span.bytes.extracting(droppingFirst: sent)
            let count = unsafe rest.withUnsafeBytes {
                unsafe Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                let reason = unsafe String(cString: strerror(errno))
                throw Failure(description: "cannot send: \(reason)")
            }
            sent += count
        }
    }

    /// Sends a message in a frame of its own.
    package func sendFrame(flags: UInt8 = 0, _ message: [UInt8]) throws {
        try send(Self.frame(flags: flags, message))
    }

    package static func frame(flags: UInt8 = 0, _ message: [UInt8]) -> [UInt8] {
        let length = UInt32(message.count)
        return [flags] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) } + message
    }

    package func shutdownSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    package func shutdownReceiving() {
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// The next frame; nil when the daemon has closed the connection.
    package func receiveFrame() throws -> (flags: UInt8, payload: [UInt8])? {
        while true {
            if let frame = nextFrame() { return frame }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            }
            if count == 0 || count < 0 && errno == ECONNRESET { return nil }
            if count < 0 {
                let reason = unsafe String(cString: strerror(errno))
                throw Failure(description: "no reply: \(reason)")
            }
            received += chunk[..<count]
        }
    }

    /// Takes in what has come, without waiting for more; false when the other side has ended.
    package func takeIn() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            }
            if count < 0, errno == EAGAIN { return true }
            if count <= 0 { return false }
            received += chunk[..<count]
        }
    }

    /// The next whole frame of what was taken in.
    package func nextFrame() -> (flags: UInt8, payload: [UInt8])? {
        guard received.count >= 5 else { return nil }
        let length = received[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard received.count >= 5 + length else { return nil }
        defer { received.removeFirst(5 + length) }
        return (received[0], Array(received[5..<5 + length]))
    }

    /// The next reply's message, which must not be compressed; nil when the connection has ended.
    package func receiveMessage() throws -> [UInt8]? {
        guard let frame = try receiveFrame() else { return nil }
        if frame.flags != 0 { throw Failure(description: "the frame has flags \(frame.flags)") }
        return frame.payload
    }

    /// The next reply; an error when the daemon has closed the connection.
    package func receiveReply() throws -> DecodedReply {
        guard let message = try receiveMessage() else { throw Failure(description: "the connection has ended") }
        return try unsafe ReplyMessage.decode(message.span.bytes)
    }
}
