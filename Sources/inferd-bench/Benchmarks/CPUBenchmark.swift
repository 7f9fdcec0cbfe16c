import InferdBase

/// The CPU time that the daemon spends around the engine: its whole process's CPU time per request under
/// load, against the engine's own for the same rows in this process, at the number of rows where a row is
/// cheapest. CPU time and not latency, because the load generator shares the processors.
struct CPUBenchmark {
    let context: BenchContext

    private static let connections = 50
    private static let maximumRows = 32
    private static let horizon = 24

    /// In microseconds, one of each for every repetition.
    private struct Costs {
        var daemon: [Double] = []
        /// Of one row.
        var engine: [Double] = []
        /// Rows that shared a run, on average over all repetitions.
        var rowsPerRun = 0.0
    }

    func run() throws(BenchError) -> [Measurement] {
        try demo() + mlp()
    }

    private func demo() throws(BenchError) -> [Measurement] {
        let scale = try EngineScale(
            model: try context.demo.encoded(), library: context.servers.onnxRuntime, maximumRows: Self.maximumRows)
        let daemon = try context.servers.startDaemon(models: context.demo.repository, label: "cpu")
        let step = try measure(
            RequestFrames.infer(model: DemoModel.name, inputs: scale.tensors), "infer of the demo model", daemon, scale)
        let forecast = try measure(
            RequestFrames.predict(model: DemoModel.name, horizon: Self.horizon),
            "predict of the demo model, \(Self.horizon) steps", daemon, scale)
        try daemon.process.stop()
        let ratios = forecast.daemon.indices.map {
            forecast.daemon[$0] / (Double(Self.horizon) * forecast.engine[$0])
        }
        return [
            added(step, name: "infer_demo_added_cpu", aim: 15, what: "one step of the demo model"),
            Measurement(
                name: "predict_cpu", value: Statistics.median(ratios), unit: "of engine",
                baseline: Double(Self.horizon) * Statistics.median(forecast.engine), aim: 1.15, direction: .atMost,
                conditions: "CPU time per predict of \(Self.horizon) steps "
                    + "\(Report.number(Statistics.median(forecast.daemon))) us against the engine's for as many rows; "
                    + "\(Report.number(forecast.rowsPerRun)) rows a run; "
                    + "demo model, \(Self.connections) connections, unix"),
        ]
    }

    private func mlp() throws(BenchError) -> [Measurement] {
        let scale = try EngineScale(
            model: ProbeModel.encoded(), library: context.servers.onnxRuntime, maximumRows: Self.maximumRows)
        let daemon = try context.servers.startDaemon(models: context.probeModels, label: "cpu-mlp")
        let costs = try measure(
            RequestFrames.infer(model: ProbeModel.name, inputs: scale.tensors), "infer of the MLP", daemon, scale)
        try daemon.process.stop()
        return [added(costs, name: "infer_mlp_added_cpu", aim: 10, what: "the MLP")]
    }

    private func measure(
        _ frame: [UInt8], _ what: String, _ daemon: Daemon, _ scale: EngineScale
    ) throws(BenchError) -> Costs {
        Progress.tell("CPU time of \(what), unix, \(Self.connections) connections")
        let load = LoadGenerator(endpoint: daemon.unix, connections: Self.connections, frame: frame)
        try ReplyCheck.requireOK(try load.run(seconds: context.warmUpSeconds).reply, from: what)
        _ = try scale.run(seconds: context.warmUpSeconds)
        var costs = Costs()
        let before = try DaemonCounters.runs(of: daemon)
        for _ in 0..<context.repetitions {
            let before = try daemon.process.cpuNanoseconds()
            let result = try load.run(seconds: context.seconds)
            let spent = try daemon.process.cpuNanoseconds() - before
            try ReplyCheck.requireOK(result.reply, from: what)
            costs.daemon.append(Double(spent) / Double(result.roundTrips) / 1000)
            costs.engine.append(try scale.run(seconds: context.seconds / 2).cpu.perRow)
        }
        let after = try DaemonCounters.runs(of: daemon)
        costs.rowsPerRun = Double(after.rows - before.rows) / Double(after.runs - before.runs)
        return costs
    }

    private func added(_ costs: Costs, name: String, aim: Double, what: String) -> Measurement {
        let (total, own) = (Statistics.median(costs.daemon), Statistics.median(costs.engine))
        return Measurement(
            name: name, value: Statistics.median(costs.daemon.indices.map { costs.daemon[$0] - costs.engine[$0] }),
            unit: "us", baseline: own, aim: aim, direction: .atMost,
            conditions: "CPU time per infer \(Report.number(total)) less the engine's \(Report.number(own)) for a row "
                + "at its best batch size; \(Report.number(costs.rowsPerRun)) rows a run; \(what), one row, "
                + "\(Self.connections) connections, unix")
    }
}
