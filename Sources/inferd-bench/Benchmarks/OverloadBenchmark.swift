import InferdBase

/// Ten times as many demo forecasts as the daemon can make, each with a deadline: how many are answered in
/// time, how long those take, and what the refusal of the others costs.
struct OverloadBenchmark {
    let context: BenchContext

    private static let connections = 128
    private static let horizon = 24
    private static let factor = 10.0
    private static let timeoutMilliseconds: UInt64 = 250
    /// What a daemon under overload answers with.
    private static let typed: [StatusCode] = [.ok, .deadlineExceeded, .resourceExhausted]

    /// One of each for every repetition.
    private struct Results {
        /// Answers in time per second, over the capacity.
        var goodput: [Double] = []
        /// p99 of the answered over the ideal's.
        var p99: [Double] = []
        var idealP99: [Double] = []
        /// Of the I/O thread for each request that was refused, in microseconds.
        var refusalCPU: [Double] = []
        var slips: [Double] = []
        /// Answered neither OK nor with a reason that tells of overload.
        var untyped = 0
        var statuses = ""
    }

    func run() throws(BenchError) -> [Measurement] {
        let bench = try OneWorkerBench(context: context, label: "overload", models: context.demo.repository)
        let frame = RequestFrames.predict(
            model: DemoModel.name, horizon: Self.horizon, timeoutMilliseconds: Self.timeoutMilliseconds)
        let measurements = try bench.placed { () throws(BenchError) in
            let capacity = try bench.capacity(RequestFrames.predict(model: DemoModel.name, horizon: Self.horizon))
            Progress.tell("open load, \(Int(Self.factor)) times the capacity")
            return self.measurements(try measure(bench, frame, capacity), capacity)
        }
        try bench.stop()
        return measurements
    }

    private func measure(
        _ bench: OneWorkerBench, _ frame: [UInt8], _ capacity: Double
    ) throws(BenchError) -> Results {
        let load = OpenLoad(endpoint: bench.daemon.unix, connections: Self.connections, frames: [frame])
        let process = ArrivalProcess(rates: [capacity * Self.factor])
        var results = Results()
        for repetition in 0..<context.repetitions {
            let arrivals = process.arrivals(seconds: context.openSeconds, seed: UInt64(repetition))
            let costs = try bench.scale.run(seconds: context.seconds / 2).latencies
            let before = try bench.daemon.process.cpuNanoseconds(ofThread: "io")
            let result = try load.run(arrivals)
            let spent = try bench.daemon.process.cpuNanoseconds(ofThread: "io") - before
            let latencies = result.latencies()
            let refused = arrivals.count - latencies.count
            let known = Self.typed.map { result.count($0) }.reduce(0, +)
            results.untyped += arrivals.count - known
            results.statuses = result.statuses
            guard !latencies.isEmpty else {
                throw BenchError("\(Self.factor) times the capacity gave \(result.statuses)")
            }
            let ideal = IdealScheduler(costs: costs, deadline: Double(Self.timeoutMilliseconds) * 1000)
                .sortedNanoseconds(of: arrivals.map { IdealScheduler.Job($0, steps: Self.horizon) })
            results.goodput.append(Double(latencies.count) / result.seconds / capacity)
            results.idealP99.append(Percentiles(ideal).p99)
            results.p99.append(Percentiles(latencies).p99 / Percentiles(ideal).p99)
            results.refusalCPU.append(Double(spent) / Double(max(refused, 1)) / 1000)
            results.slips.append(result.slip)
        }
        return results
    }

    private func measurements(_ results: Results, _ capacity: Double) -> [Measurement] {
        let conditions =
            "\(Int(Self.factor)) times the capacity of \(Report.number(capacity)) predicts/s of \(Self.horizon) steps, "
            + "deadline \(Self.timeoutMilliseconds) ms; last run \(results.statuses); the load's own slip "
            + "\(Report.number(Statistics.median(results.slips))) us at p99; \(OneWorkerBench.words)"
        return [
            Measurement(
                name: "overload_goodput", value: Statistics.median(results.goodput), unit: "of capacity",
                baseline: capacity, aim: 0.9, direction: .atLeast, conditions: conditions),
            Measurement(
                name: "overload_p99", value: Statistics.median(results.p99), unit: "of ideal",
                baseline: Statistics.median(results.idealP99), aim: 1.5, direction: .atMost, conditions: conditions),
            Measurement(
                name: "overload_untyped", value: Double(results.untyped), unit: "replies", baseline: nil, aim: 0,
                direction: .atMost, conditions: conditions),
            Measurement(
                name: "refusal_cpu", value: Statistics.median(results.refusalCPU), unit: "us", baseline: nil, aim: 20,
                direction: .atMost,
                conditions: "all of the I/O thread's CPU time, over the requests refused; \(conditions)"),
        ]
    }
}
