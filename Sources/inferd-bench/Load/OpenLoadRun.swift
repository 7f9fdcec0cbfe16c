import CLinux
import Glibc
import InferdBase

/// An open load under way.
final class OpenLoadRun {
    /// A server that says nothing for this long is taken for hung.
    private static let patienceNanoseconds: UInt64 = 10_000_000_000
    /// A sleep may take this much longer than asked; the rest of a wait is spent looking at the clock.
    private static let timerSlackNanoseconds: UInt64 = 80_000
    /// From the connections to the first request.
    private static let leadNanoseconds: UInt64 = 2_000_000
    /// What the kernel had no room for is offered again after this.
    private static let retryNanoseconds: UInt64 = 200_000

    private let endpoint: Endpoint
    private let arrivals: [Arrival]
    private let poller: Int32
    private var lanes: [OpenLane] = []
    private var templates: [RequestTemplate]
    private var events = [inferd_event](repeating: inferd_event(), count: Int(INFERD_EVENTS_PER_WAIT))
    private var begin = MonotonicTime(nanoseconds: 0)
    private var lastReply = MonotonicTime(nanoseconds: 0)
    private var sent = 0
    private var answered = 0
    private(set) var result: OpenLoadResult

    init(_ load: OpenLoad, _ arrivals: [Arrival]) throws(BenchError) {
        endpoint = load.endpoint
        self.arrivals = arrivals
        templates = load.frames.map { RequestTemplate($0) }
        result = OpenLoadResult(arrivals: arrivals)
        poller = inferd_poller_create()
        if poller < 0 { throw BenchError("epoll", errno: -poller) }
        for index in 0..<load.connections {
            let lane = try OpenLane(connectingTo: endpoint)
            let outcome = inferd_poller_add(poller, lane.socket.descriptor, UInt32(INFERD_READABLE), UInt64(index))
            if outcome < 0 { throw BenchError("epoll", errno: -outcome) }
            lanes.append(lane)
        }
    }

    deinit {
        if poller >= 0 { close(poller) }
    }

    func finish() throws(BenchError) {
        begin = MonotonicTime.now().advanced(byNanoseconds: Self.leadNanoseconds)
        lastReply = begin
        while answered < arrivals.count {
            try sendDue()
            let count = try wait()
            if count > 0 { try receive(events[..<count]) }
            if MonotonicTime.now().nanoseconds(since: max(lastReply, lastDue)) > Self.patienceNanoseconds {
                throw BenchError("\(endpoint) has not answered for \(Self.patienceNanoseconds / 1_000_000_000) s")
            }
        }
        result.seconds = Double(MonotonicTime.now().nanoseconds(since: begin)) / 1e9
    }

    private func due(_ number: Int) -> MonotonicTime {
        begin.advanced(byNanoseconds: arrivals[number].time)
    }

    /// When the last request was to be sent that has been.
    private var lastDue: MonotonicTime {
        sent > 0 ? due(sent - 1) : begin
    }

    private func sendDue() throws(BenchError) {
        let now = MonotonicTime.now()
        while sent < arrivals.count, due(sent) <= now {
            let kind = arrivals[sent].kind
            templates[kind].setNumber(sent)
            try lanes[sent % lanes.count].send(templates[kind].frame)
            result.recordSlip(MonotonicTime.now().nanoseconds(since: due(sent)))
            sent += 1
        }
    }

    /// Waits for replies, at most until the next request is due. Returns how many connections have some.
    private func wait() throws(BenchError) -> Int {
        var pause = Self.patienceNanoseconds
        for lane in lanes where lane.hasBacklog {
            try lane.flush()
            pause = Self.retryNanoseconds
        }
        if sent < arrivals.count {
            // 0 when it is due already.
            let rest = due(sent).nanoseconds(since: .now())
            pause = min(pause, rest > Self.timerSlackNanoseconds ? rest - Self.timerSlackNanoseconds : 0)
        }
        let count = unsafe events.withUnsafeMutableBufferPointer { room in
            unsafe inferd_poller_wait_ns(poller, room.baseAddress, Int32(room.count), pause)
        }
        if count < 0 { throw BenchError("epoll_pwait2", errno: -count) }
        return Int(count)
    }

    private func receive(_ ready: ArraySlice<inferd_event>) throws(BenchError) {
        lastReply = .now()
        for event in ready {
            try lanes[Int(event.token)].receive { head in
                result.record(head, latency: lastReply.nanoseconds(since: due(head.number)))
                answered += 1
            }
        }
    }
}
