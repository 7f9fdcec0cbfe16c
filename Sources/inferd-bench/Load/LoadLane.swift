import CLinux
import Glibc
import InferdBase

/// One connection of the load: at most one request on its way.
@safe
final class LoadLane {
    /// Room for one reply; a larger one is none that a benchmark asks for.
    private static let replyBytes = 1 << 20
    private static let headerBytes = 5

    let socket: ClientSocket
    private let buffer: UnsafeMutableRawBufferPointer
    private var received = 0
    private var sent = MonotonicTime(nanoseconds: 0)

    init(connectingTo endpoint: Endpoint) throws(BenchError) {
        socket = try ClientSocket(connectingTo: endpoint)
        unsafe buffer = .allocate(byteCount: Self.replyBytes, alignment: 64)
    }

    deinit {
        unsafe buffer.deallocate()
    }

    /// Sends a whole frame. Nothing else is on its way, so the kernel has room for it.
    func send(_ frame: [UInt8]) throws(BenchError) {
        sent = .now()
        let outcome = unsafe frame.withUnsafeBytes { bytes in
            unsafe inferd_send(socket.descriptor, bytes.baseAddress, bytes.count)
        }
        if outcome < 0 { throw BenchError("send", errno: Int32(-outcome)) }
        if outcome != frame.count { throw BenchError("the kernel took only \(outcome) of \(frame.count) bytes") }
    }

    /// Takes what has come. True when the reply is whole: `reply` holds it until the next call.
    func receive() throws(BenchError) -> Bool {
        // `received` is below `replyBytes`: a whole reply resets it, a larger one throws.
        let outcome = unsafe inferd_receive(
            socket.descriptor, buffer.baseAddress?.advanced(by: received), buffer.count - received)
        if outcome == -Int64(EAGAIN) { return false }
        if outcome < 0 { throw BenchError("receive", errno: Int32(-outcome)) }
        if outcome == 0 { throw BenchError("the server has closed the connection") }
        received += Int(outcome)
        guard received >= Self.headerBytes else { return false }
        let length = unsafe Int(UInt32(bigEndian: buffer.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        let total = Self.headerBytes + length
        if unsafe buffer[0] != 0 || total >= Self.replyBytes || received > total {
            throw BenchError("what came is no single plain reply: \(received) bytes, \(length) announced")
        }
        guard received == total else { return false }
        replyBytes = total
        received = 0
        return true
    }

    /// Bytes of the reply that came last, its header included.
    private(set) var replyBytes = 0

    /// When the request was sent that the reply belongs to.
    var requestTime: MonotonicTime { sent }

    /// A copy of the reply that came last, its header included.
    var reply: [UInt8] {
        unsafe Array(buffer[..<replyBytes])
    }
}
