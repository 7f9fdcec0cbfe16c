import InferdBase

/// Latencies of demo forecasts that come at random times, over those of an ideal scheduler that is given the
/// same arrivals and pays for nothing but the model's runs.
struct OpenLoadBenchmark {
    let context: BenchContext

    private static let connections = 64
    private static let horizon = 24
    private static let shares = [50, 70]
    private static let aim = 1.3

    /// By repetition, of the daemon over the ideal.
    private struct Ratios {
        var median: [Double] = []
        var p99: [Double] = []
        var slips: [Double] = []
        /// In microseconds.
        var ideal: (median: [Double], p99: [Double]) = ([], [])
    }

    func run() throws(BenchError) -> [Measurement] {
        let bench = try OneWorkerBench(context: context, label: "open", models: context.demo.repository)
        let frame = RequestFrames.predict(model: DemoModel.name, horizon: Self.horizon)
        let measurements = try bench.placed { () throws(BenchError) in
            let capacity = try bench.capacity(frame)
            var measurements: [Measurement] = []
            for share in Self.shares {
                Progress.tell("open load, \(share) % of capacity")
                let rate = capacity * Double(share) / 100
                measurements += self.measurements(try measure(bench, frame, rate: rate), share: share, rate: rate)
            }
            return measurements
        }
        try bench.stop()
        return measurements
    }

    private func measure(_ bench: OneWorkerBench, _ frame: [UInt8], rate: Double) throws(BenchError) -> Ratios {
        let load = OpenLoad(endpoint: bench.daemon.unix, connections: Self.connections, frames: [frame])
        let process = ArrivalProcess(rates: [rate])
        var ratios = Ratios()
        for repetition in 0..<context.repetitions {
            let arrivals = process.arrivals(seconds: context.openSeconds, seed: UInt64(repetition))
            let costs = try bench.scale.run(seconds: context.seconds / 2).latencies
            let result = try load.run(arrivals)
            let latencies = result.latencies()
            guard latencies.count == arrivals.count else {
                throw BenchError("an open load below capacity was not answered: \(result.statuses)")
            }
            let ideal = IdealScheduler(costs: costs).sortedNanoseconds(
                of: arrivals.map { IdealScheduler.Job($0, steps: Self.horizon) })
            let (ours, theirs) = (Percentiles(latencies), Percentiles(ideal))
            ratios.median.append(ours.median / theirs.median)
            ratios.p99.append(ours.p99 / theirs.p99)
            ratios.slips.append(result.slip)
            ratios.ideal.median.append(theirs.median)
            ratios.ideal.p99.append(theirs.p99)
        }
        return ratios
    }

    private func measurements(_ ratios: Ratios, share: Int, rate: Double) -> [Measurement] {
        let conditions =
            "Poisson, \(Report.number(rate)) predicts/s of \(Self.horizon) steps; the load's own slip "
            + "\(Report.number(Statistics.median(ratios.slips))) us at p99; \(OneWorkerBench.words)"
        return [
            Measurement(
                name: "open_\(share)_p50", value: Statistics.median(ratios.median), unit: "of ideal",
                baseline: Statistics.median(ratios.ideal.median), aim: Self.aim, direction: .atMost,
                conditions: conditions),
            Measurement(
                name: "open_\(share)_p99", value: Statistics.median(ratios.p99), unit: "of ideal",
                baseline: Statistics.median(ratios.ideal.p99), aim: Self.aim, direction: .atMost,
                conditions: conditions),
        ]
    }
}
