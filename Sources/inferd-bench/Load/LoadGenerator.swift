import CLinux
import Glibc
import InferdBase

/// Sends one frame over and over on some connections at once: each waits for its reply before it sends
/// again. One thread, one poller; the same for every server that is compared.
struct LoadGenerator {
    let endpoint: Endpoint
    let connections: Int
    let frame: [UInt8]
    /// A reply may have so many bytes more or less than the first. The age of an answer from the cache is
    /// written in as few bytes as it takes.
    var sizeTolerance = 0

    /// A server that says nothing for this long is taken for hung.
    private static let patienceSeconds: Int32 = 10

    /// Runs for `seconds`, then waits for the replies still due.
    ///
    /// - Throws: `BenchError` when a connection ends or a reply's size differs from the first's.
    func run(seconds: Double) throws(BenchError) -> LoadResult {
        let poller = inferd_poller_create()
        if poller < 0 { throw BenchError("epoll", errno: -poller) }
        defer { close(poller) }
        let lanes = try connect(to: poller)
        var latencies: [UInt32] = []
        latencies.reserveCapacity(Int(seconds * 300_000))
        var firstReply: [UInt8]?

        let begin = MonotonicTime.now()
        let end = begin.advanced(byNanoseconds: UInt64(seconds * 1e9))
        for lane in lanes { try lane.send(frame) }
        var waiting = lanes.count
        var events = [inferd_event](repeating: inferd_event(), count: Int(INFERD_EVENTS_PER_WAIT))
        while waiting > 0 {
            let count = try wait(poller, &events)
            for event in events[..<count] {
                let lane = lanes[Int(event.token)]
                guard try lane.receive() else { continue }
                let now = MonotonicTime.now()
                latencies.append(UInt32(clamping: now.nanoseconds(since: lane.requestTime)))
                if let firstReply {
                    if abs(lane.replyBytes - firstReply.count) > sizeTolerance {
                        throw differs(lane.reply, from: firstReply)
                    }
                } else {
                    firstReply = lane.reply
                }
                if now < end {
                    try lane.send(frame)
                } else {
                    waiting -= 1
                }
            }
        }
        let elapsed = Double(MonotonicTime.now().nanoseconds(since: begin)) / 1e9
        return LoadResult(seconds: elapsed, latencies: latencies.sorted(), reply: firstReply ?? [])
    }

    private func connect(to poller: Int32) throws(BenchError) -> [LoadLane] {
        var lanes: [LoadLane] = []
        for index in 0..<connections {
            let lane = try LoadLane(connectingTo: endpoint)
            let outcome = inferd_poller_add(
                poller, lane.socket.descriptor, UInt32(INFERD_READABLE), UInt64(index))
            if outcome < 0 { throw BenchError("epoll", errno: -outcome) }
            lanes.append(lane)
        }
        return lanes
    }

    private func wait(_ poller: Int32, _ events: inout [inferd_event]) throws(BenchError) -> Int {
        let count = unsafe events.withUnsafeMutableBufferPointer { room in
            unsafe inferd_poller_wait(poller, room.baseAddress, Int32(room.count), Self.patienceSeconds * 1000)
        }
        if count < 0 { throw BenchError("epoll_wait", errno: -count) }
        if count == 0 { throw BenchError("\(endpoint) has not answered for \(Self.patienceSeconds) s") }
        return Int(count)
    }

    private func differs(_ reply: [UInt8], from first: [UInt8]) -> BenchError {
        BenchError(
            "a reply has \(reply.count) bytes, the first had \(first.count): \(ReplyCheck.summary(of: reply))")
    }
}
