import Foundation
import InferdBase
package import InferdWire

/// A daemon that is none: it listens on a Unix socket and answers each request as a script says.
///
/// The script runs on the connection's thread, one request at a time; connections are served side by
/// side.
package final class ScriptedServer: Sendable {
    /// One request as it came.
    package struct Request: Sendable {
        package let envelope: Envelope
        /// The whole message, which the envelope's ranges count in.
        package let message: [UInt8]
        /// Place on its connection, counted from 1.
        package let place: Int

        package var model: String { String(decoding: message[envelope.model], as: UTF8.self) }
        package var body: ArraySlice<UInt8> { message[envelope.body] }

        /// The payload of a ping: what stands behind the field's tag and length.
        package var pingPayload: [UInt8] {
            get throws {
                var cursor = unsafe ByteCursor(message.span.bytes.extracting(envelope.body))
                guard !cursor.isAtEnd else { return [] }
                _ = try cursor.readVarint()
                let length = Int(try cursor.readVarint())
                let start = envelope.body.lowerBound + cursor.offset
                return Array(message[start..<(start + length)])
            }
        }
    }

    package enum Next: Sendable {
        case goOn
        /// Send what was written, then end the connection.
        case close
    }

    /// Writes whatever frames the request leads to.
    package typealias Script = @Sendable (Request, inout ReplyWriter) throws -> Next

    package let directory: TemporaryDirectory
    package var path: String { directory.appending("s") }
    package var address: String { "unix:\(path)" }
    private let listener: Int32
    private let script: Script
    private let connections = Locked<[Int32]>([])

    package init(_ script: @escaping Script) throws {
        directory = try TemporaryDirectory()
        self.script = script
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: directory.appending("s").utf8) }
        let result = unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listener, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard listener >= 0, result == 0, listen(listener, 64) == 0 else {
            throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
        // The thread keeps no reference, so that the server ends with the test that holds it.
        Thread.detachNewThread { [listener, weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                guard let self else {
                    close(connection)
                    return
                }
                self.connections.withLock { $0.append(connection) }
                let script = self.script
                Thread.detachNewThread { [weak self] in
                    Self.serve(connection, script)
                    self?.connections.withLock { $0.removeAll { $0 == connection } }
                    close(connection)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        connections.withLock { open in
            for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private static func serve(_ connection: Int32, _ script: Script) {
        var received: [UInt8] = []
        var place = 0
        while true {
            while let message = takeFrame(&received) {
                place += 1
                guard let envelope = try? unsafe Envelope.peek(message.span.bytes) else { return }
                var writer = ReplyWriter()
                let next = try? script(Request(envelope: envelope, message: message, place: place), &writer)
                guard send(writer.bytes.span, to: connection), next == .goOn else { return }
            }
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
            if count <= 0 { return }
            received += chunk[..<count]
        }
    }

    private static func takeFrame(_ received: inout [UInt8]) -> [UInt8]? {
        guard
            case .frame(false, let payload, _, let total) = unsafe FrameScanner.scan(
                received.span.bytes, maximumMessageBytes: Limits.maximumFrameBytes)
        else { return nil }
        let message = Array(received[payload])
        received.removeFirst(total)
        return message
    }

    private static func send(_ bytes: RawSpan, to connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.byteCount {
            let rest = bytes.extracting(droppingFirst: sent)
            let count = unsafe rest.withUnsafeBytes {
                unsafe Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }
}

extension ReplyWriter {
    /// A whole frame that answers a ping.
    package mutating func writeEcho(id: UInt64, _ payload: [UInt8]) {
        beginFrame(id: id)
        unsafe writePing(payload: payload.span.bytes)
        endFrame()
    }
}
