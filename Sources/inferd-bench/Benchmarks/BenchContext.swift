/// What every benchmark needs: the servers, how long to measure, and where to tell how far it is.
struct BenchContext {
    let servers: Servers
    let placement: Placement
    let demo: DemoModel
    /// The probe model's repository.
    let probeModels: String
    let seconds: Double
    let repetitions: Int
    let isSmoke: Bool

    /// What holds for all measurements.
    var setting: String {
        (isSmoke ? "smoke run, not a measurement; " : "")
            + "median of \(repetitions) x \(Report.number(seconds)) s, interleaved; \(Machine.summary)"
    }

    /// How long requests come at random times: the rarest latencies need many.
    var openSeconds: Double { isSmoke ? seconds : 2 * seconds }

    /// How long a server is warmed up: page faults, buffers and the scheduler's guesses.
    var warmUpSeconds: Double { isSmoke ? 0.05 : 0.5 }
}
