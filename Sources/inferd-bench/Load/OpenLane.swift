import CLinux
import Glibc
import InferdBase

/// One connection of an open load: any number of requests on their way.
final class OpenLane {
    private static let headerBytes = 5
    private static let receiveBytes = 64 << 10
    /// A reply larger than this is none that a benchmark asks for.
    private static let replyBytes = 1 << 20

    let socket: ClientSocket
    private var input = OwnedBytes(capacity: receiveBytes)
    /// What the kernel had no room for yet.
    private var backlog = OwnedBytes()

    init(connectingTo endpoint: Endpoint) throws(BenchError) {
        socket = try ClientSocket(connectingTo: endpoint)
    }

    var hasBacklog: Bool { !backlog.isEmpty }

    func send(_ frame: [UInt8]) throws(BenchError) {
        // Bytes of integers: none of them is padding.
        unsafe backlog.append(frame.span.bytes)
        try flush()
    }

    /// Sends what it can of what has not been sent.
    func flush() throws(BenchError) {
        // The backlog's bytes, all written.
        let outcome = unsafe inferd_send(socket.descriptor, backlog.baseAddress, backlog.count)
        if outcome == -Int64(EAGAIN) { return }
        if outcome < 0 { throw BenchError("send", errno: Int32(-outcome)) }
        backlog.removeFirst(Int(outcome))
    }

    /// Takes what has come and hands over each whole reply.
    func receive(_ take: (ReplyHead) -> Void) throws(BenchError) {
        let descriptor = socket.descriptor
        var outcome: Int64 = 0
        unsafe input.appendUninitialized(Self.receiveBytes) { room in
            outcome = unsafe inferd_receive(descriptor, room.baseAddress, room.count)
            return Int(max(outcome, 0))
        }
        if outcome == -Int64(EAGAIN) { return }
        if outcome < 0 { throw BenchError("receive", errno: Int32(-outcome)) }
        if outcome == 0 { throw BenchError("the server has closed the connection") }
        let taken = try Self.takeReplies(input, take)
        input.removeFirst(taken)
    }

    /// Returns how many bytes the whole replies take.
    private static func takeReplies(
        _ input: borrowing OwnedBytes, _ take: (ReplyHead) -> Void
    ) throws(BenchError) -> Int {
        let bytes = input.span
        var taken = 0
        while bytes.byteCount - taken >= headerBytes {
            // Four bytes behind the flags.
            let length = unsafe Int(
                UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: taken + 1, as: UInt32.self)))
            if length > replyBytes { throw BenchError("a reply of \(length) bytes was announced") }
            let message = taken + headerBytes
            guard bytes.byteCount >= message + length else { break }
            guard let head = ReplyHead(bytes.extracting(message..<message + length)) else {
                throw BenchError("what came is no answer to a request")
            }
            take(head)
            taken = message + length
        }
        return taken
    }
}
