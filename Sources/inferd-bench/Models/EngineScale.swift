/// The engine with one model in this process, once for each of several numbers of rows.
struct EngineScale {
    /// What a call costs, by its rows.
    struct Result {
        /// By the clock: the median call.
        let latencies: StepCosts
        /// By CPU time.
        let cpu: StepCosts
    }

    private let probes: [(rows: Int, probe: EngineProbe)]

    /// - Parameter maximumRows: as many as share a run in the daemon.
    init(model: [UInt8], library: String, maximumRows: Int) throws(BenchError) {
        var probes: [(rows: Int, probe: EngineProbe)] = []
        var rows = 1
        while rows <= maximumRows {
            probes.append((rows, try EngineProbe(model: model, library: library, rows: rows)))
            rows *= 2
        }
        self.probes = probes
    }

    /// Of one row.
    var tensors: [RequestFrames.Tensor] { probes[0].probe.tensors }

    /// Calls for `seconds` in all.
    func run(seconds: Double) throws(BenchError) -> Result {
        var latencies: [(rows: Int, microseconds: Double)] = []
        var cpu: [(rows: Int, microseconds: Double)] = []
        for (rows, probe) in probes {
            let result = try probe.run(seconds: seconds / Double(probes.count))
            latencies.append((rows, result.medianMicroseconds))
            cpu.append((rows, result.cpuMicrosecondsPerCall))
        }
        return Result(latencies: StepCosts(latencies), cpu: StepCosts(cpu))
    }
}
