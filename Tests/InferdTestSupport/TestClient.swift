import InferdBase
package import InferdWire

/// A client that keeps its own order: requests go out as they are written, replies are read one by one.
package final class TestClient {
    package let socket: FrameSocket
    private var nextID: UInt64 = 1

    package init(path: String) throws {
        socket = try FrameSocket(path: path)
    }

    /// Connects to a port of 127.0.0.1.
    package init(port: UInt16) throws {
        socket = try FrameSocket(port: port)
    }

    /// Sends one request; its id.
    @discardableResult
    package func send(
        id: UInt64? = nil, model: String = "", version: UInt64 = 0, timeout: UInt32 = 0, receipt: Bool = false,
        bypass: Bool = false, refresh: Bool = false, maximumAge: UInt32 = 0, isBatch: Bool = false,
        traceparent: String = "", compress: Bool = false, _ write: (inout RequestWriter) -> Void
    ) throws -> UInt64 {
        let chosen = id ?? nextID
        nextID = max(nextID, chosen + 1)
        var head = RequestHead(id: chosen)
        head.model = model
        head.version = version
        head.timeoutMilliseconds = timeout
        head.wantReceipt = receipt
        head.cacheBypass = bypass
        head.cacheRefresh = refresh
        head.cacheMaximumAgeMilliseconds = maximumAge
        head.isBatchPriority = isBatch
        head.traceparent = traceparent
        var writer = RequestWriter()
        writer.begin(head)
        write(&writer)
        writer.end(compress: compress)
        try socket.send(Self.bytes(of: writer))
        return chosen
    }

    private static func bytes(of writer: borrowing RequestWriter) -> [UInt8] {
        let span = writer.bytes.span
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }

    @discardableResult
    package func sendPing(id: UInt64? = nil, _ payload: [UInt8] = []) throws -> UInt64 {
        try send(id: id) { unsafe $0.writePing(payload: payload.span.bytes) }
    }

    /// Asks a model for tensors; `x` is one row of float32. The cache is left alone, so that each request is
    /// computed.
    @discardableResult
    package func sendInfer(
        id: UInt64? = nil, model: String = "stub", _ row: [Float] = [1, 2, 3, 4], timeout: UInt32 = 0
    ) throws -> UInt64 {
        try send(id: id, model: model, timeout: timeout, bypass: true) {
            $0.writeInfer([TensorValues(row)], outputs: [])
        }
    }

    package func receive() throws -> DecodedReply {
        try socket.receiveReply()
    }

    /// Sends a ping and waits for its echo, with whatever comes before it.
    package func repliesBeforePing() throws -> [DecodedReply] {
        let id = try sendPing()
        var replies: [DecodedReply] = []
        while true {
            let reply = try receive()
            if reply.id == id { return replies }
            replies.append(reply)
        }
    }

    package func stats() throws -> StatsValues {
        let id = try send { $0.writeStats() }
        while true {
            let reply = try receive()
            if reply.id == id, case .stats(let stats) = reply.body { return stats }
        }
    }
}

extension TensorValues {
    /// One row of float32 named `x`.
    package init(_ row: [Float], name: String = "x") {
        let data = row.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }
        self.init(name: name, type: .float32, shape: [1, Int64(row.count)], data: data)
    }

    /// The elements as numbers, of a float32 tensor.
    package var floats: [Float] {
        stride(from: 0, to: data.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[start + $1]) << (8 * UInt32($1)) })
        }
    }
}
