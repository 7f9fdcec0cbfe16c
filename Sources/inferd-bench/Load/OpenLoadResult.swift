import InferdBase

/// What an open load measured.
struct OpenLoadResult {
    let arrivals: [Arrival]
    /// From the time of the first request to the last reply.
    var seconds = 0.0
    /// By request: nanoseconds from the time it was to be sent, and how it went; nil before its reply.
    private var latencies: [UInt32]
    private var codes: [StatusCode?]
    /// Nanoseconds that requests were sent later than they were to be.
    private var slips: [UInt32] = []

    init(arrivals: [Arrival]) {
        self.arrivals = arrivals
        latencies = [UInt32](repeating: 0, count: arrivals.count)
        codes = [StatusCode?](repeating: nil, count: arrivals.count)
        slips.reserveCapacity(arrivals.count)
    }

    mutating func record(_ reply: ReplyHead, latency: UInt64) {
        precondition(codes[reply.number] == nil, "a request was answered twice")
        latencies[reply.number] = UInt32(clamping: latency)
        codes[reply.number] = reply.code
    }

    mutating func recordSlip(_ nanoseconds: UInt64) {
        slips.append(UInt32(clamping: nanoseconds))
    }

    func count(_ code: StatusCode) -> Int {
        codes.count { $0 == code }
    }

    /// Nanoseconds, rising, of the requests answered OK; of one kind or of all.
    func latencies(kind: Int? = nil) -> [UInt32] {
        arrivals.indices.filter { codes[$0] == .ok && (kind == nil || arrivals[$0].kind == kind) }
            .map { latencies[$0] }.sorted()
    }

    /// The slip that 99 of 100 requests did not exceed, in microseconds.
    var slip: Double {
        Double(Statistics.percentile(0.99, of: slips.sorted())) / 1000
    }

    /// Every reply's status with its count, for messages.
    var statuses: String {
        StatusCode.allCases.filter { count($0) > 0 }.map { "\($0.name) \(count($0))" }.joined(separator: ", ")
    }
}
