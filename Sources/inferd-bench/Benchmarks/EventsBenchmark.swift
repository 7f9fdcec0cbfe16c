import InferdBase

/// Whether callers feel that their forecasts are recorded, or that the broker is down: the p99 of demo forecasts at
/// half the capacity, two daemons in turns.
struct EventsBenchmark {
    let context: BenchContext

    private static let connections = 64
    private static let horizon = 24
    private static let load = 0.5
    private static let pairs = 20
    /// Nobody listens there.
    private static let deadBroker = "127.0.0.1:1"

    private var frame: [UInt8] { RequestFrames.predict(model: DemoModel.name, horizon: Self.horizon) }

    func run() throws(BenchError) -> [Measurement] {
        let recording = try start("events-on")
        let silent = try start("events-off", events: "off")
        let events = try compare(
            [recording, silent], name: "events_p99", words: ("events recorded", "events off"))
        for daemon in [recording, silent] { try daemon.process.stop() }

        let broker = try context.servers.startBroker(label: "broker-events")
        let without = try start("broker-down", broker: Self.deadBroker)
        let with = try start("broker-up", broker: broker.address)
        let outage = try compare([without, with], name: "broker_down_p99", words: ("broker down", "broker up"))
        for daemon in [without, with] { try daemon.process.stop() }
        try broker.process.stop()
        return [events, outage]
    }

    private func start(_ label: String, events: String? = nil, broker: String? = nil) throws(BenchError) -> Daemon {
        // All requests are alike, and each is to have an event.
        let kafka = broker.map { ", kafka: {brokers: '\($0)'}" } ?? ""
        let path = "\(context.servers.scratch.path)/\(label).yaml"
        try WholeFile.write(Array("events: {dedupe_ms: 0\(kafka)}\n".utf8), to: path)
        return try context.servers.startDaemon(
            models: context.demo.repository, label: label, arguments: ["--workers", "1", "--config", path],
            events: events)
    }

    private func compare(
        _ daemons: [Daemon], name: String, words: (String, String)
    ) throws(BenchError) -> Measurement {
        Progress.tell("\(words.0) against \(words.1), \(Self.pairs) pairs")
        let loads = daemons.map { OpenLoad(endpoint: $0.unix, connections: Self.connections, frames: [frame]) }
        return try context.placement.workersAlone(daemons.map(\.process)) { () throws(BenchError) in
            let capacity = try LoadGenerator(
                endpoint: daemons[1].unix, connections: 48, frame: frame
            ).run(seconds: context.seconds).roundTripsPerSecond
            let process = ArrivalProcess(rates: [capacity * Self.load])
            for load in loads { _ = try p99(load, process.arrivals(seconds: context.warmUpSeconds, seed: 0)) }
            var ratios: [Double] = []
            var others: [Double] = []
            for pair in 0..<(context.isSmoke ? 1 : Self.pairs) {
                let arrivals = process.arrivals(seconds: context.seconds, seed: UInt64(pair + 1))
                var found = [0.0, 0.0]
                for index in pair % 2 == 0 ? [0, 1] : [1, 0] { found[index] = try p99(loads[index], arrivals) }
                ratios.append(found[0] / found[1])
                others.append(found[1])
            }
            let mean = Statistics.geometricMean(ratios)
            return Measurement(
                name: name, value: mean.low, unit: "ratio", baseline: Statistics.median(others), aim: 1.10,
                direction: .atMost,
                conditions:
                    "lower end of the 95 % interval \(Report.number(mean.low)) to \(Report.number(mean.high)) of "
                    + "the p99 with \(words.0) over that with \(words.1), mean \(Report.number(mean.mean)), "
                    + "\(ratios.count) interleaved pairs of \(Report.number(context.seconds)) s at "
                    + "\(Report.number(capacity * Self.load)) predicts/s; \(OneWorkerBench.words)")
        }
    }

    /// In microseconds.
    private func p99(_ load: OpenLoad, _ arrivals: [Arrival]) throws(BenchError) -> Double {
        let result = try load.run(arrivals)
        guard result.count(.ok) == arrivals.count, !arrivals.isEmpty else {
            throw BenchError("an open load below capacity was not answered: \(result.statuses)")
        }
        return Percentiles(result.latencies()).p99
    }
}
