import InferdBase

/// Forecasts of one step among forecasts of a week, at half the capacity: how much longer the short ones
/// take than when they are alone.
struct MixBenchmark {
    let context: BenchContext

    private static let connections = 64
    /// Steps, by kind.
    private static let horizons = [1, 168]
    private static let load = 0.5

    func run() throws(BenchError) -> [Measurement] {
        let longest = Self.horizons[1]
        let models = try context.demo.writeRepository(horizon: longest, in: context.servers.scratch)
        let bench = try OneWorkerBench(context: context, label: "mix", models: models)
        let frames = Self.horizons.map { RequestFrames.predict(model: DemoModel.name, horizon: $0) }
        let measurement = try bench.placed { () throws(BenchError) in
            // As many of one kind as of the other.
            let pairs = try bench.capacity(frames[1]) * Double(longest) / Double(Self.horizons.reduce(0, +))
            return try measure(bench, frames, rate: pairs * Self.load)
        }
        try bench.stop()
        return [measurement]
    }

    /// - Parameter rate: requests a second of either kind.
    private func measure(
        _ bench: OneWorkerBench, _ frames: [[UInt8]], rate: Double
    ) throws(BenchError) -> Measurement {
        Progress.tell("a mix of \(Self.horizons[0]) and \(Self.horizons[1]) steps")
        let load = OpenLoad(endpoint: bench.daemon.unix, connections: Self.connections, frames: frames)
        let mixed = ArrivalProcess(rates: [rate, rate])
        let alone = ArrivalProcess(rates: [rate])
        var ratios: [Double] = []
        var medians: [Double] = []
        for repetition in 0..<context.repetitions {
            let seed = UInt64(repetition)
            let aloneMedian = try median(load, alone.arrivals(seconds: context.openSeconds, seed: seed))
            let mixedMedian = try median(load, mixed.arrivals(seconds: context.openSeconds, seed: seed))
            ratios.append(mixedMedian / aloneMedian)
            medians.append(aloneMedian)
        }
        return Measurement(
            name: "mix_short_p50", value: Statistics.median(ratios), unit: "of alone",
            baseline: Statistics.median(medians), aim: 2.5, direction: .atMost,
            conditions: "p50 of predicts of \(Self.horizons[0]) step among as many of \(Self.horizons[1]), "
                + "\(Report.number(rate)) a second each; \(OneWorkerBench.words)")
    }

    /// Of the short ones, in microseconds.
    private func median(_ load: OpenLoad, _ arrivals: [Arrival]) throws(BenchError) -> Double {
        let result = try load.run(arrivals)
        let latencies = result.latencies(kind: 0)
        guard result.count(.ok) == arrivals.count, !latencies.isEmpty else {
            throw BenchError("a mix below capacity was not answered: \(result.statuses)")
        }
        return Percentiles(latencies).median
    }
}
