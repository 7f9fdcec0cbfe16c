/// What a run of load measured.
struct LoadResult {
    /// From the first request sent to the last reply.
    let seconds: Double
    /// Nanoseconds from send to the whole reply, rising; one per round trip.
    let latencies: [UInt32]
    /// The first reply, its header included. All others have its size.
    let reply: [UInt8]

    var roundTrips: Int { latencies.count }
    var roundTripsPerSecond: Double { Double(roundTrips) / seconds }

    /// In microseconds.
    var medianLatency: Double {
        Double(Statistics.percentile(0.5, of: latencies)) / 1000
    }
}
